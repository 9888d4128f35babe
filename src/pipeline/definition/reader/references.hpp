#pragma once

#include "trommel/pipeline/language/interpolation.hpp"

#include <functional>
#include <string_view>

namespace trommel {

/// Calls `visit(scalar, reference)` for every reference to `root` in the node and below it. Scalars
/// with malformed references are passed over: those are found where they are resolved.
void for_each_reference(
    const Node& node,
    std::string_view root,
    const std::function<void(const Node& scalar, const Reference& reference)>& visit);

}  // namespace trommel
