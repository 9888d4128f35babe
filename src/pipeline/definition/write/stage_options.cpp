#include "pipeline/definition/write/stage_options.hpp"

#include "trommel/pipeline/language/yaml.hpp"

#include <algorithm>
#include <string>

namespace trommel {
namespace {

Node default_node(const OptionInfo& info) {
    Diagnostics ignored;  // a default that is not YAML would have failed the stage's own test
    return parse_yaml({info.name, info.fallback}, ignored).value_or(Node::null({}));
}

}  // namespace

Node rebased(const Node& path, const Pipeline& pipeline) {
    if (path.file() == 0 || !path.is_scalar()) return path;
    const auto file = (pipeline.folder_of(path.file()) / path.text()).lexically_normal();
    auto seen = file.lexically_relative(pipeline.folder.lexically_normal());
    if (seen.empty()) seen = std::filesystem::current_path() / file;
    return Node::scalar(path.place(), seen.string(), Node::Form::quoted);
}

Node complete_options(const StageSpec& stage, const Node* given, const Pipeline& pipeline) {
    std::vector<NodeEntry> entries;
    for (const auto& option : stage.type->options) {
        const Node* value = given == nullptr ? nullptr : given->find(option.info.name);
        if (value != nullptr)
            entries.push_back({option.info.name,
                               {},
                               option.info.type == "path" ? rebased(*value, pipeline) : *value});
        else if (!option.info.fallback.empty())
            entries.push_back({option.info.name, {}, default_node(option.info)});
    }
    return Node::map({}, std::move(entries));
}

}  // namespace trommel
