#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/scopes.hpp"
#include "pipeline/definition/write/policy_yaml.hpp"
#include "pipeline/definition/write/stage_options.hpp"
#include "pipeline/definition/write/yaml_writer.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"

#include <algorithm>

namespace trommel {
namespace {

/// `node`, in whose place any of `infos` may appear, with its paths rebased.
Node with_paths(const Node& node,
                const std::vector<const OptionInfo*>& infos,
                const Pipeline& pipeline) {
    if (std::ranges::count(infos, "path", &OptionInfo::type) > 0 && !node.is_map())
        return rebased(node, pipeline);
    if (!node.is_map()) return node;
    std::vector<NodeEntry> entries;
    for (const auto& entry : node.entries())
        entries.push_back(
            {entry.key, {}, with_paths(entry.value, declared_below(infos, entry.key), pipeline)});
    return Node::map(node.place(), std::move(entries));
}

Node complete_stage(const StageSpec& stage, const Node& given, const Pipeline& pipeline) {
    std::vector<NodeEntry> entries;
    for (const auto& entry : given.entries())
        if (entry.key != "with" && !is_policy(entry.key)) entries.push_back(entry);
    for (auto& entry : policy_entries(stage.policies)) entries.push_back(std::move(entry));
    Node options = complete_options(stage, given.find("with"), pipeline);
    if (!options.entries().empty()) entries.push_back({"with", {}, std::move(options)});
    return Node::map({}, std::move(entries));
}

Node complete_stages(const Pipeline& pipeline, const Node& given) {
    std::vector<NodeEntry> entries;
    for (const auto& stage : pipeline.stages)
        entries.push_back(
            {stage.name, {}, complete_stage(stage, *given.find(stage.name), pipeline)});
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
    const Scope scope = deferred_scope_of(pipeline.params, pipeline.state, pipeline.secrets);
    const OptionInfo whole = pipeline_info();
    for (const auto& [key, place, value] : pipeline.document.entries()) {
        if (key == "defaults") continue;  // they appear in the stages
        if (key == "tests") continue;     // they are not part of what runs
        if (key == "params")
            entries.push_back({key, {}, param_nodes(pipeline)});
        else if (key == "stages")
            entries.push_back({key, {}, complete_stages(pipeline, resolve(value, scope, ignored))});
        else
            entries.push_back(
                {key,
                 {},
                 with_paths(
                     resolve(value, scope, ignored), declared_below({&whole}, key), pipeline)});
    }
    // A secret may have come in by another way, such as `${env.TOKEN}`.
    return pipeline.secrets.redacted(write_yaml(Node::map({}, std::move(entries))));
}

}  // namespace trommel
