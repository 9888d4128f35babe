#pragma once

#include "trommel/pipeline/definition/policies.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <string>
#include <vector>

namespace trommel {

/// `10`, `1%`.
std::string to_text(const MaxErrors& allowed);

/// The policies as they would appear in a stage; those that are as if nothing were said are left
/// out.
std::vector<NodeEntry> policy_entries(const Policies& policies);

}  // namespace trommel
