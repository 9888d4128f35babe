#include "pipeline/definition/load/sections.hpp"

#include <fmt/format.h>

#include <map>

namespace trommel {
namespace {

using Type = Expression::Type;

/// What is known of a pipeline's paths, and of what rules use: see PathTypes.
class Paths {
public:
    explicit Paths(const Pipeline& pipeline) {
        for (const auto& [name, value] : pipeline.params) add_param(name, value);
        for (const auto& state : pipeline.state)
            paths_[fmt::format("state.{}.count", state.name)] = {.type = Type::number};
        for (const auto& stage : pipeline.stages) add_stage(stage);
        if (pipeline.rounds.cost.is_given()) hidden_["costs:"] = {.type = Type::boolean};
    }

    /// What only the end of a test shows.
    void add_tallies(const Pipeline& pipeline) {
        for (const auto& stage : pipeline.stages) {
            paths_["attempts." + stage.name] = {.type = Type::number};
            const auto on_error = stage.policies.on_error;
            if (on_error == OnError::fail) continue;
            const auto* root = on_error == OnError::skip ? "skipped." : "quarantined.";
            paths_[root + stage.name] = {.type = Type::number};
        }
    }

    PathType find(const std::string& path) const {
        const bool is_hidden = path.find(':') != std::string::npos;
        const auto& all = is_hidden ? hidden_ : paths_;
        const auto found = all.find(path);
        PathType answer = found == all.end() ? PathType{} : found->second;
        if (has_any_score_ && path.starts_with("scores:")) answer.type = Type::number;
        for (const auto& [known, type] : all) answer.known.push_back(known);
        return answer;
    }

private:
    void add_param(const std::string& name, const Node& node) {
        PathType param{.type = Type::text};
        param.value = value_of(node);
        if (param.value && std::holds_alternative<double>(*param.value)) param.type = Type::number;
        if (param.value && std::holds_alternative<bool>(*param.value)) param.type = Type::boolean;
        paths_["params." + name] = std::move(param);
    }

    void add_stage(const StageSpec& stage) {
        if (stage.type == nullptr) return;
        for (const auto& metric : stage.metrics)
            paths_[fmt::format("metrics.{}.{}", stage.name, metric)] = {.type = Type::number};
        const auto port = stage.type->output;
        if (port == LabelBatch::port) hidden_["labels:"] = {.type = Type::boolean};
        if (port == ClassificationBatch::port) hidden_["classes:"] = {.type = Type::boolean};
        if (port != ScoreBatch::port) return;
        hidden_["scores:"] = {.type = Type::boolean};
        for (const auto& score : stage.scores.names)
            hidden_["scores:" + score] = {.type = Type::number};
        has_any_score_ |= stage.scores.any;
    }

    std::map<std::string, PathType> paths_;
    std::map<std::string, PathType> hidden_;
    bool has_any_score_ = false;  ///< a stage whose scores only the run shows
};

}  // namespace

void check_expressions(const Pipeline& pipeline, Diagnostics& diagnostics) {
    const auto types = [paths = Paths(pipeline)](std::string_view path) {
        return paths.find(std::string(path));
    };
    if (pipeline.rounds.until) check(*pipeline.rounds.until, types, diagnostics);
    for (const auto& stage : pipeline.stages)
        if (stage.when) check(*stage.when, types, diagnostics);
}

void check_expectations(const TestSpec& test, const Pipeline& pipeline, Diagnostics& diagnostics) {
    Paths paths(pipeline);
    paths.add_tallies(pipeline);
    const auto types = [&paths](std::string_view path) { return paths.find(std::string(path)); };
    for (const auto& expected : test.that) check(expected.condition, types, diagnostics);
}

}  // namespace trommel
