#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/history.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/runtime/clock.hpp"

#include <map>
#include <string>

namespace trommel {

/// What `until` and `when` see of a run: its numbers, and nothing that it does not keep.
class RunEnvironment final : public Environment {
public:
    /// All of it outlives the environment and is looked at whenever an expression asks.
    RunEnvironment(const Pipeline& pipeline,
                   const History& history,
                   const std::map<std::string, Tag>& states,
                   const Clock& clock,
                   const std::uint32_t& round);

    std::uint32_t round() const override { return round_; }
    std::optional<Expression::Value> value(std::string_view path) const override;
    std::vector<double> history(std::string_view metric) const override;
    std::chrono::milliseconds elapsed() const override;
    std::chrono::system_clock::time_point now() const override { return clock_.now(); }
    std::optional<double> fact(Fact fact, std::string_view score) const override;
    std::vector<double> agreements() const override { return history_.facts.kappas; }

private:
    double state_count(const std::string& state) const;

    const Pipeline& pipeline_;
    const History& history_;
    const std::map<std::string, Tag>& states_;
    const Clock& clock_;
    const std::uint32_t& round_;
    double closing_cost_ = 0;  ///< of the stages that measure after the last round
};

/// Why a loop ends after `round`: the sentence that the report shows.
std::string reason_of(const std::vector<HeldRule>& rules, std::uint32_t round);

}  // namespace trommel
