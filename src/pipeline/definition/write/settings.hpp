// Settings: a configuration as a flat table, for finding out in what two of them differ.
#pragma once

#include "trommel/pipeline/language/node.hpp"

#include <map>
#include <string>

namespace trommel {

/// Values by their paths: `stages.sample.with.n_new`, `params.about[0]`.
using Settings = std::map<std::string, std::string>;

/// The document of a text that resolved_yaml has written.
Node parse_resolved(const std::string& yaml);

Settings settings_of(const Node& document);

}  // namespace trommel
