#include "pipeline/loop.hpp"

#include "pipeline/prepare.hpp"
#include "pipeline/stop/bookkeeping.hpp"
#include "pipeline/stop/run_environment.hpp"
#include "trommel/pipeline/round.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

using SteadyClock = std::chrono::steady_clock;

bool contains(const std::vector<const StageSpec*>& stages, const std::string& name) {
    return std::ranges::any_of(stages, [&](const StageSpec* stage) { return stage->name == name; });
}

/// One loop over a pipeline's rounds.
class Loop {
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
          history_(history),
          environment_(pipeline, history, states_, services.clock, round_),
          books_(pipeline, history, services.observer) {}

    asio::awaitable<LoopEnd> run() {
        services_.observer.loop_started(run_);
        dataset_ = co_await open_dataset(pipeline_, services_.platform, services_.io, run_);
        states_ = co_await init_states(pipeline_, services_.platform, services_.io, dataset_, run_);
        books_.begin(dataset_, states_, services_.clock.now());
        std::optional<LoopEnd> end;
        while (!end) {
            const auto holds = [this](const Expression& when) {
                return evaluate(when, environment_);
            };
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
                               services_.limits,
                               directory_.path()};
        const auto watch = books_.watch();
        services.on_sent = [watch](const StageSpec& stage, const PayloadPtr& payload) {
            watch->sent(stage, payload);
        };
        RoundOutcome outcome =
            co_await run_round(pipeline_, stages, round_values(), std::move(services));
        StopFacts facts = co_await books_.digest(services_.cpu, watch, outcome);
        commit(std::move(outcome), round);
        books_.commit(std::move(facts), {round, stages, *watch, states_});
        directory_.write_history(history_);
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
        for (auto& failed : outcome.failed) history_.failed.push_back(std::move(failed));
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
        if (pipeline_.rounds.until) {
            auto held = held_rules(*pipeline_.rounds.until, environment_);
            if (!held.empty()) return LoopEnd{reason_of(held, round_), std::move(held), false};
        }
        if (round_ >= static_cast<std::uint64_t>(pipeline_.rounds.max))
            return LoopEnd{fmt::format("All {} rounds are done.", round_), {}, true};
        if (!grew_ && writes_anything())
            return LoopEnd{
                fmt::format("Round {} found nothing more to choose.", round_), {}, false};
        return std::nullopt;
    }

    bool writes_anything() const {
        return std::ranges::any_of(pipeline_.stages,
                                   [](const auto& stage) { return !stage.writes.empty(); });
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
    RunEnvironment environment_;
    Bookkeeping books_;
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
