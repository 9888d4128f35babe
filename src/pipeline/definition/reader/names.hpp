#pragma once

#include "trommel/pipeline/stage/options.hpp"

#include <string>

namespace trommel {

/// A key whose value is a name that serves as a part of file names and tags.
OptionInfo name_info(std::string key, std::string help, bool is_required = false);

/// Reads one; says so if `node` is none.
void read_name(const Node& node, const OptionReader& reader, std::string& name);

/// A key whose value is a file of this form.
OptionInfo path_info(std::string key, dataset::FileForm form, std::string help);

}  // namespace trommel
