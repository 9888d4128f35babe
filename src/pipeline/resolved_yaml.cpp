#include "pipeline/load/scopes.hpp"
#include "pipeline/policy_yaml.hpp"
#include "pipeline/stage_options.hpp"
#include "pipeline/yaml_writer.hpp"
#include "trommel/pipeline/pipeline.hpp"

#include <algorithm>

namespace trommel {
namespace {

Node complete_stage(const StageSpec& stage, const Node& given) {
    std::vector<NodeEntry> entries;
    for (const auto& entry : given.entries())
        if (entry.key != "with" && std::ranges::count(policy_keys, entry.key) == 0)
            entries.push_back(entry);
    for (auto& entry : policy_entries(stage.policies)) entries.push_back(std::move(entry));
    Node options = complete_options(stage, given.find("with"));
    if (!options.entries().empty()) entries.push_back({"with", {}, std::move(options)});
    return Node::map({}, std::move(entries));
}

Node complete_stages(const Pipeline& pipeline, const Node& given) {
    std::vector<NodeEntry> entries;
    for (const auto& stage : pipeline.stages)
        entries.push_back({stage.name, {}, complete_stage(stage, *given.find(stage.name))});
    return Node::map({}, std::move(entries));
}

Node param_nodes(const Pipeline& pipeline) {
    std::vector<NodeEntry> entries;
    for (const auto& [name, value] : pipeline.params) entries.push_back({name, {}, value});
    return Node::map({}, std::move(entries));
}

}  // namespace

std::string resolved_yaml(const Pipeline& pipeline) {
    Diagnostics ignored;  // the same references were resolved when the file was checked
    std::vector<NodeEntry> entries;
    const Scope scope = deferred_scope_of(pipeline.params, pipeline.state);
    for (const auto& [key, place, value] : pipeline.document.entries()) {
        if (key == "defaults") continue;  // they stand in the stages
        if (key == "params")
            entries.push_back({key, {}, param_nodes(pipeline)});
        else if (key == "stages")
            entries.push_back({key, {}, complete_stages(pipeline, resolve(value, scope, ignored))});
        else
            entries.push_back({key, {}, resolve(value, scope, ignored)});
    }
    return write_yaml(Node::map({}, std::move(entries)));
}

}  // namespace trommel
