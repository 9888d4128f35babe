// Any bytes are a tree or a list of errors, and neither printing nor resolving them breaks.
#include "trommel/pipeline/language/yaml.hpp"

#include "text.hpp"
#include "trommel/pipeline/language/interpolation.hpp"

#include <string>

namespace trommel {
namespace {

using test::require;

/// Asks for the place of every character of every scalar.
void visit(const Node& node) {
    for (std::size_t i = 0; i < node.text().size() && i < 256; ++i)
        require(node.place_at(i, 1).line >= 1);
    for (const auto& item : node.items()) visit(item);
    for (const auto& entry : node.entries()) visit(entry.value);
}

void run(std::string text) {
    const SourceText source{"fuzz.yaml", std::move(text)};
    Diagnostics diagnostics;
    const auto tree = parse_yaml(source, diagnostics);
    require(tree.has_value() || diagnostics.has_errors());
    if (tree && tree->size() < 2000) {
        Scope scope;
        scope.set("params", scope_root_of(*tree));
        scope.set("state", deferred_root({"labeled"}));
        visit(*tree);
        visit(resolve(resolve(*tree, scope, diagnostics), scope, diagnostics));
    }
    require(diagnostics.render(source).empty() == diagnostics.empty());
}

}  // namespace
}  // namespace trommel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trommel::run(std::string(trommel::test::text_of(data, size)));
    return 0;
}
