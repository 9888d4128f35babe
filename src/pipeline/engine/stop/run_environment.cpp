#include "pipeline/engine/stop/run_environment.hpp"

#include "pipeline/engine/round/stages_of_round.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

std::optional<double> find(const std::map<std::string, double>& values, std::string_view key) {
    const auto found = values.find(std::string(key));
    if (found == values.end()) return std::nullopt;
    return found->second;
}

}  // namespace

RunEnvironment::RunEnvironment(const Pipeline& pipeline,
                               const History& history,
                               const std::map<std::string, Tag>& states,
                               const Clock& clock,
                               const std::uint32_t& round)
    : pipeline_(pipeline), history_(history), states_(states), clock_(clock), round_(round) {
    for (const StageSpec* stage : closing_stages(pipeline))
        closing_cost_ += pipeline.rounds.cost.of_stage(stage->name);
}

std::optional<Expression::Value> RunEnvironment::value(std::string_view path) const {
    const auto dot = path.find('.');
    const std::string rest(path.substr(dot + 1));
    if (path.starts_with("params.")) return value_of(pipeline_.params.at(rest));
    if (path.starts_with("state.")) return state_count(rest.substr(0, rest.rfind('.')));
    const auto values = history_.values_of(rest);
    if (values.empty()) return std::nullopt;
    return values.back();
}

/// Without samples that were asked about and have no label: they come again.
double RunEnvironment::state_count(const std::string& state) const {
    return static_cast<double>((states_.at(state).mask - history_.facts.unanswered).count());
}

std::vector<double> RunEnvironment::history(std::string_view metric) const {
    return history_.values_of(std::string(metric));
}

std::chrono::milliseconds RunEnvironment::elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() -
                                                                 history_.facts.begun);
}

std::optional<double> RunEnvironment::fact(Fact fact, std::string_view score) const {
    const StopFacts& facts = history_.facts;
    switch (fact) {
        case Fact::labeled:
            return static_cast<double>(facts.labeled - facts.unanswered.count());
        case Fact::last_growth:
            return static_cast<double>(facts.last_growth);
        case Fact::pool:
            return static_cast<double>(facts.pool);
        case Fact::human_labels:
            return static_cast<double>(facts.human.count());
        case Fact::owed_labels:
            return static_cast<double>(facts.owed.count());
        case Fact::spent:
            return facts.spent;
        case Fact::next_cost:
            return facts.last_cost + closing_cost_ +
                   pipeline_.rounds.cost.per_label * static_cast<double>(facts.owed.count());
        case Fact::mean_score:
            return find(facts.mean_scores, score);
        case Fact::selection_overlap:
            break;
    }
    return find(facts.overlaps, score);
}

std::string reason_of(const std::vector<HeldRule>& rules, std::uint32_t round) {
    std::string reason;
    for (const auto& rule : rules) {
        if (!reason.empty()) reason += "; ";
        reason += fmt::format("{} held after round {}", rule.text, round);
        if (!rule.detail.empty()) reason += ": " + rule.detail;
    }
    return reason + '.';
}

}  // namespace trommel
