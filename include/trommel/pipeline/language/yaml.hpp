// YAML 1.2 files as nodes: the part of YAML that cannot surprise.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"
#include "trommel/pipeline/language/source.hpp"

#include <cstddef>
#include <optional>

namespace trommel {

/// The most nodes a file may hold once its aliases are put in place, and the deepest nesting.
/// With aliases to aliases, a file of ten lines could otherwise mean billions of nodes.
inline constexpr std::size_t max_yaml_nodes = 100'000;
inline constexpr std::size_t max_yaml_depth = 64;

/// The one document in `source`, or nothing if it has no tree: not YAML, empty, over a limit. Then
/// `diagnostics` says why.
///
/// Refused as well, though the tree is given so that more can be said about it: duplicate keys (the
/// first stays), tabs before a value, tags but the core ones (`!!str 5` works), the merge key `<<`,
/// keys that are not scalars or hold a reference. Aliases are put in place; their nodes keep the
/// places of what they refer to. O(size of the text).
std::optional<Node> parse_yaml(const SourceText& source, Diagnostics& diagnostics);

}  // namespace trommel
