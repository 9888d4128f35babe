#include "pipeline/definition/reader/references.hpp"

namespace trommel {

void for_each_reference(
    const Node& node,
    std::string_view root,
    const std::function<void(const Node& scalar, const Reference& reference)>& visit) {
    for (const Node& item : node.items()) for_each_reference(item, root, visit);
    for (const auto& entry : node.entries()) for_each_reference(entry.value, root, visit);
    if (!node.is_scalar() || node.text().find("${") == std::string::npos) return;
    Diagnostics ignored;
    const auto pieces = parse_template(node, ignored);
    if (!pieces) return;
    for (const auto& piece : pieces->pieces)
        if (const auto* reference = std::get_if<Reference>(&piece))
            if (reference->root == root) visit(node, *reference);
}

}  // namespace trommel
