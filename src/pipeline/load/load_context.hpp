// What every section of a pipeline file is read with.
#pragma once

#include "trommel/pipeline/language/interpolation.hpp"
#include "trommel/pipeline/options.hpp"

#include <optional>
#include <string>

namespace trommel {

struct LoadContext {
    const OptionReader& reader;
    const Scope& scope;  ///< what references may speak of

    Diagnostics& diagnostics() const { return reader.diagnostics; }
    Node resolved(const Node& node) const { return resolve(node, scope, diagnostics()); }
};

/// What is read under a key that no stage declares.
OptionInfo info_of(std::string name, std::string type, std::optional<double> min = {});

/// The same of a file that must be of this form.
OptionInfo path_info(std::string name, dataset::FileForm form);

/// A name that serves as a part of file names and tags; says so if `node` is none.
void read_name(const Node& node, const LoadContext& load, std::string& name);

}  // namespace trommel
