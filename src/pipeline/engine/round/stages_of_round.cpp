// The stages that run in a round: by their conditions and by the senders that they read from.
#include "pipeline/engine/round/stages_of_round.hpp"

#include <algorithm>

namespace trommel {
namespace {

bool contains(const std::vector<const StageSpec*>& stages, const std::string& name) {
    return std::ranges::any_of(stages, [&](const StageSpec* stage) { return stage->name == name; });
}

/// Whether one of `running` sends what each required input of the stage reads.
bool is_fed(const StageSpec& stage, const std::vector<const StageSpec*>& running) {
    const auto feeds = [&stage](const StageSpec* sender, std::string_view port) {
        return sender->type->output == port && std::ranges::count(stage.from, sender->name) > 0;
    };
    for (const auto& input : stage.type->inputs) {
        const auto feeds_it = [&](const StageSpec* sender) { return feeds(sender, input.port); };
        if (input.required && std::ranges::none_of(running, feeds_it)) return false;
    }
    return true;
}

}  // namespace

std::vector<const StageSpec*> closing_stages(const Pipeline& pipeline) {
    std::vector<const StageSpec*> allowed;
    for (const auto& stage : pipeline.stages) {
        const bool acts = !stage.writes.empty() || stage.type->output == SamplingJob::port;
        const auto missing = [&](const std::string& name) { return !contains(allowed, name); };
        if (!acts && std::ranges::none_of(stage.from, missing) &&
            std::ranges::none_of(stage.needs, missing))
            allowed.push_back(&stage);
    }
    std::vector<const StageSpec*> closing;
    const std::vector<const StageSpec*> backwards(allowed.rbegin(), allowed.rend());
    for (const StageSpec* stage : backwards) {
        const auto waits_for_it = [&](const StageSpec* later) {
            return std::ranges::count(later->from, stage->name) > 0 ||
                   std::ranges::count(later->needs, stage->name) > 0;
        };
        if (!stage->metrics.empty() || std::ranges::any_of(closing, waits_for_it))
            closing.insert(closing.begin(), stage);
    }
    return closing;
}

std::vector<const StageSpec*> stages_of_round(const Pipeline& pipeline,
                                              const std::function<bool(const Expression&)>& holds) {
    std::vector<const StageSpec*> running;
    for (const auto& stage : pipeline.stages)
        if ((!stage.when || holds(*stage.when)) && is_fed(stage, running))
            running.push_back(&stage);
    return running;
}

}  // namespace trommel
