#include "pipeline/stage_options.hpp"

#include "trommel/pipeline/language/yaml.hpp"

namespace trommel {
namespace {

Node default_node(const OptionInfo& info) {
    Diagnostics ignored;  // a default that is no YAML would have failed the stage's own test
    return parse_yaml({info.name, info.fallback}, ignored).value_or(Node::null({}));
}

}  // namespace

Node complete_options(const StageSpec& stage, const Node* given) {
    std::vector<NodeEntry> entries;
    for (const auto& option : stage.type->options) {
        const Node* value = given == nullptr ? nullptr : given->find(option.info.name);
        if (value != nullptr)
            entries.push_back({option.info.name, {}, *value});
        else if (!option.info.fallback.empty())
            entries.push_back({option.info.name, {}, default_node(option.info)});
    }
    return Node::map({}, std::move(entries));
}

}  // namespace trommel
