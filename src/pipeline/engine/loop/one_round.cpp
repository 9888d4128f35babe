// One round: its stages, then the facts that stop rules ask for, then the commit.

#include "pipeline/engine/loop/one_round.hpp"

#include "pipeline/engine/journal/lost_data.hpp"
#include "pipeline/engine/loop/commit_round.hpp"
#include "trommel/pipeline/engine/round/round.hpp"
#include "trommel/runtime/cancellation.hpp"

namespace trommel {
namespace {

using SteadyClock = std::chrono::steady_clock;

RoundServices services_of(LoopState& loop, std::uint32_t round) {
    LoopServices& services = loop.services;
    const std::string name = round == 0 ? "closing" : std::to_string(round);
    const Effects effects(services.journal, loop.run + '/' + loop.part.name);
    return {services.platform,
            services.cpu,
            services.io,
            services.clock,
            loop.dataset,
            services.observer,
            services.limits,
            effects.within(name),
            loop.part.folder,
            {},
            round == 0 ? nullptr : services.faults,
            loop.history.facts.answered,
            services.ask_again,
            loop.pipeline.platform.remote ? "" : services.platform_name};
}

RoundValues values_of(const LoopState& loop) {
    RoundValues values;
    values.round = loop.round;
    values.run = loop.run;
    for (const auto& [name, tag] : loop.states) values.state[name] = tag.name;
    return values;
}

/// Moves the loop's states to what the round has written, and notes their digests.
void take_states(LoopState& loop, RoundOutcome& outcome, CommittedRound& committed) {
    for (auto& [state, tags] : outcome.written) loop.states[state] = *tags->preselected;
    for (const auto& [state, tag] : loop.states) committed.digests[state] = digest_of(tag.mask);
    committed.digests[pool_digest] = digest_of(loop.dataset.pool.mask);
}

}  // namespace

asio::awaitable<void> run_one_round(LoopState& loop,
                                    std::vector<const StageSpec*> stages,
                                    std::uint32_t round) {
    LoopServices& with = loop.services;
    if (with.drain.stop_requested()) detail::throw_cancelled();
    const auto begin = SteadyClock::now();
    with.observer.round_started(round);
    co_await with.journal.begin_round(loop.part.name, round);
    RoundServices services = services_of(loop, round);
    const auto watch = loop.books.watch();
    services.on_sent = [watch](const StageSpec& stage, const PayloadPtr& payload) {
        watch->sent(stage, payload);
    };
    RoundOutcome outcome =
        co_await run_round(loop.pipeline, stages, values_of(loop), std::move(services));
    StopFacts facts = co_await loop.books.digest(with.cpu, watch, outcome);
    CommittedRound committed = to_commit(loop, outcome, round);
    if (committed.measurement)
        committed.measurement->labels = loop.books.labels_of(outcome.measured, *watch);
    take_states(loop, outcome, committed);
    const std::size_t warnings = loop.history.warnings.size();
    loop.books.commit(std::move(facts), {round, stages, *watch, loop.states});
    committed.facts = loop.history.facts;
    committed.warnings.assign(loop.history.warnings.begin() + std::ptrdiff_t(warnings),
                              loop.history.warnings.end());
    co_await commit_round(loop, std::move(committed));
    with.observer.round_ended(round, SteadyClock::now() - begin);
}

}  // namespace trommel
