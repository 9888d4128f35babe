#pragma once

#include "trommel/pipeline/language/node.hpp"

#include <string>

namespace trommel {

/// The node as YAML in block style, which reads back as the same values. Secrets are written as
/// ***.
std::string write_yaml(const Node& node);

}  // namespace trommel
