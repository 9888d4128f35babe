#include "pipeline/loop.hpp"

#include "pipeline/prepare.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/round.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

using SteadyClock = std::chrono::steady_clock;

bool contains(const std::vector<const StageSpec*>& stages, const std::string& name) {
    return std::ranges::any_of(stages, [&](const StageSpec* stage) { return stage->name == name; });
}

std::optional<Expression::Value> value_of(const Node& node) {
    const Scalar scalar = scalar_of(node);
    if (const auto* flag = std::get_if<bool>(&scalar)) return *flag;
    if (const auto* whole = std::get_if<std::int64_t>(&scalar)) return static_cast<double>(*whole);
    if (const auto* number = std::get_if<double>(&scalar)) return *number;
    if (const auto* text = std::get_if<std::string>(&scalar)) return *text;
    return std::nullopt;
}

/// One loop over a pipeline's rounds.
class Loop final : private Environment {
public:
    Loop(const Pipeline& pipeline,
         std::string run,
         LoopServices& services,
         RunDirectory& directory,
         History& history)
        : pipeline_(pipeline),
          run_(std::move(run)),
          services_(services),
          directory_(directory),
          history_(history) {}

    asio::awaitable<LoopEnd> run() {
        services_.observer.loop_started(run_);
        dataset_ = co_await open_dataset(pipeline_, services_.platform, services_.io, run_);
        states_ = co_await init_states(pipeline_, services_.platform, services_.io, dataset_, run_);
        std::optional<LoopEnd> end;
        while (!end) {
            const auto holds = [this](const Expression& when) { return evaluate(when, *this); };
            ++round_;
            auto stages = stages_of_round(pipeline_, holds);
            co_await run_one(std::move(stages), round_);
            ++finished_;
            end = find_end();
        }
        auto closing = closing_stages(pipeline_);
        if (grew_ && !closing.empty()) co_await run_one(std::move(closing), 0);
        services_.observer.loop_ended(run_, end->reason);
        co_return *std::move(end);
    }

private:
    /// Runs the stages once; `round` 0 is the closing pass.
    asio::awaitable<void> run_one(std::vector<const StageSpec*> stages, std::uint32_t round) {
        const auto begin = SteadyClock::now();
        services_.observer.round_started(round);
        RoundServices services{services_.platform,
                               services_.cpu,
                               services_.io,
                               services_.clock,
                               dataset_,
                               services_.observer,
                               directory_.path()};
        RoundOutcome outcome =
            co_await run_round(pipeline_, std::move(stages), round_values(), std::move(services));
        commit(std::move(outcome), round);
        services_.observer.round_ended(round, SteadyClock::now() - begin);
    }

    RoundValues round_values() const {
        RoundValues values;
        values.round = round_;
        values.run = run_;
        for (const auto& [name, tag] : states_) values.state[name] = tag.name;
        return values;
    }

    /// A round counts from here on: its states, picks and metrics together.
    void commit(RoundOutcome outcome, std::uint32_t round) {
        if (!outcome.metrics.empty()) {
            history_.measurements.push_back(
                {finished_, outcome.labels, std::move(outcome.metrics)});
            services_.observer.measured(history_.measurements.back());
        }
        grew_ = false;
        for (auto& [state, tags] : outcome.written) commit_state(state, *tags);
        if (round > 0 && !outcome.written.empty()) note_picks(outcome);
        directory_.write_history(history_);
    }

    void commit_state(const std::string& state, const TagSet& tags) {
        grew_ = grew_ || tags.preselected->mask != states_[state].mask;
        states_[state] = *tags.preselected;
    }

    void note_picks(const RoundOutcome& outcome) {
        RoundPicks picks;
        picks.round = round_;
        for (const auto& [state, tags] : outcome.written)
            for (const Pick& pick : tags->added)
                picks.picks.push_back({tags->name(pick.sample), pick.score});
        history_.picks.push_back(std::move(picks));
    }

    std::optional<LoopEnd> find_end() const {
        if (pipeline_.rounds.until && evaluate(*pipeline_.rounds.until, *this))
            return LoopEnd{fmt::format("'until' held after round {}.", round_), false};
        if (round_ >= static_cast<std::uint64_t>(pipeline_.rounds.max))
            return LoopEnd{fmt::format("All {} rounds are done.", round_), true};
        if (!grew_ && writes_anything())
            return LoopEnd{fmt::format("Round {} found nothing more to choose.", round_), false};
        return std::nullopt;
    }

    bool writes_anything() const {
        return std::ranges::any_of(pipeline_.stages,
                                   [](const auto& stage) { return !stage.writes.empty(); });
    }

    // What `until` and `when` see.
    std::uint32_t round() const override { return round_; }

    std::optional<Expression::Value> value(std::string_view path) const override {
        const auto dot = path.find('.');
        const std::string rest(path.substr(dot + 1));
        if (path.starts_with("params.")) return value_of(pipeline_.params.at(rest));
        if (path.starts_with("state."))
            return static_cast<double>(states_.at(rest.substr(0, rest.rfind('.'))).mask.count());
        const auto values = history_.values_of(rest);
        if (values.empty()) return std::nullopt;
        return values.back();
    }

    std::vector<double> history(std::string_view metric) const override {
        return history_.values_of(std::string(metric));
    }

    std::chrono::milliseconds elapsed() const override {
        return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begin_);
    }

    const Pipeline& pipeline_;
    std::string run_;
    LoopServices& services_;
    RunDirectory& directory_;
    History& history_;
    OpenDataset dataset_;
    std::map<std::string, Tag> states_;
    std::uint32_t round_ = 0;     ///< that runs or ran last
    std::uint32_t finished_ = 0;  ///< how many have ended
    bool grew_ = false;           ///< a state changed in the last round
    SteadyClock::time_point begin_ = SteadyClock::now();
};

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

asio::awaitable<LoopEnd> run_loop(const Pipeline& pipeline,
                                  std::string run,
                                  LoopServices& services,
                                  RunDirectory& directory,
                                  History& history) {
    Loop loop(pipeline, std::move(run), services, directory, history);
    LoopEnd end = co_await loop.run();
    co_return end;
}

}  // namespace trommel
