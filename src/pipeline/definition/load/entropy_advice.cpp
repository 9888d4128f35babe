#include "pipeline/definition/load/entropy_advice.hpp"

#include "pipeline/definition/reader/scopes.hpp"
#include "trommel/selection/strategy.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

/// Whether the options of a stage that selects say so.
bool is_by_entropy(const Node& with) {
    constexpr std::string_view entropy = "uncertainty_entropy";
    if (const Node* score = with.find("score")) return score->text() == entropy;
    const Node* name = with.find("strategy");
    const auto* strategy = name == nullptr ? nullptr : selection::find_strategy(name->text());
    return strategy != nullptr && strategy->usual_score == entropy;
}

}  // namespace

const StageSpec* entropy_selector(const Pipeline& pipeline) {
    Diagnostics ignored;  // the same references were resolved when the file was checked
    const Scope scope = deferred_scope_of(pipeline.params, pipeline.state, pipeline.secrets);
    for (const auto& stage : pipeline.stages) {
        if (stage.type == nullptr || stage.type->output != SamplingJob::port || !stage.with)
            continue;
        if (is_by_entropy(resolve(*stage.with, scope, ignored))) return &stage;
    }
    return nullptr;
}

std::string entropy_advice(std::size_t classes) {
    return fmt::format(
        "entropy over {} classes is dominated by the many unlikely ones and often does worse than "
        "random "
        "choice",
        classes);
}

}  // namespace trommel
