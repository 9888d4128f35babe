#include "pipeline/definition/write/settings.hpp"

#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

void flatten(const Node& node, const std::string& path, Settings& settings) {
    const std::string prefix = path.empty() ? "" : path + '.';
    for (const auto& [key, place, value] : node.entries()) flatten(value, prefix + key, settings);
    for (std::size_t i = 0; i < node.items().size(); ++i)
        flatten(node.items()[i], fmt::format("{}[{}]", path, i), settings);
    if (node.entries().empty() && node.items().empty())
        settings[path] = node.is_scalar() ? node.text() : describe(node);
}

}  // namespace

Node parse_resolved(const std::string& yaml) {
    Diagnostics ignored;  // trommel has written it
    return parse_yaml({"resolved.yaml", yaml}, ignored).value_or(Node::null({}));
}

Settings settings_of(const Node& document) {
    Settings settings;
    flatten(document, "", settings);
    return settings;
}

}  // namespace trommel
