// The loop: recovery, then round after round until something ends it, then the closing pass.

#include "pipeline/engine/loop/loop.hpp"

#include "pipeline/engine/loop/one_round.hpp"
#include "pipeline/engine/loop/recovery.hpp"
#include "pipeline/engine/round/stages_of_round.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

bool writes_anything(const Pipeline& pipeline) {
    return std::ranges::any_of(pipeline.stages,
                               [](const auto& stage) { return !stage.writes.empty(); });
}

/// Why no further round is run; none if one is.
std::optional<LoopEnd> find_end(const LoopState& loop) {
    const RoundsSpec& rounds = loop.pipeline.rounds;
    if (rounds.until) {
        auto held = held_rules(*rounds.until, loop.environment);
        if (!held.empty()) return LoopEnd{reason_of(held, loop.round), std::move(held), false};
    }
    if (loop.round >= static_cast<std::uint64_t>(rounds.max))
        return LoopEnd{fmt::format("All {} rounds are done.", loop.round), {}, true};
    if (!loop.grew && writes_anything(loop.pipeline))
        return LoopEnd{
            fmt::format("Round {} found nothing more to choose.", loop.round), {}, false};
    return std::nullopt;
}

/// The closing pass, unless nothing has changed since the last measurement.
asio::awaitable<void> close(LoopState& loop) {
    EndRecord end{loop.end->reason, loop.end->exhausted};
    co_await loop.services.journal.end_part(loop.part.name, std::move(end));
    auto closing = closing_stages(loop.pipeline);
    if (loop.grew && !loop.closed && !closing.empty())
        co_await run_one_round(loop, std::move(closing), 0);
    const auto finish = [](LoopFolder& part, const History& history) {
        part.rounds.sync();
        part.tables.finish(history);
    };
    co_await on_io(loop.services.io, finish, std::ref(loop.part), std::cref(loop.history));
}

}  // namespace

History history_of(const std::vector<CommittedRound>& rounds) {
    History history;
    for (const auto& round : rounds) {
        if (round.measurement) history.measurements.push_back(*round.measurement);
        if (round.picks) history.picks.push_back(*round.picks);
        history.failed.insert(history.failed.end(), round.failed.begin(), round.failed.end());
        history.warnings.insert(
            history.warnings.end(), round.warnings.begin(), round.warnings.end());
    }
    if (!rounds.empty()) history.facts = rounds.back().facts;
    return history;
}

asio::awaitable<LoopEnd> run_loop(const Pipeline& pipeline,
                                  std::string run,
                                  LoopServices& services,
                                  LoopFolder& part,
                                  History& history) {
    LoopState loop(pipeline, run, services, part, history);
    services.observer.loop_started(run);
    co_await services.journal.begin_part(part.name, run);
    co_await recover(loop);
    if (loop.round > 0 && !loop.end) loop.end = find_end(loop);
    while (!loop.end) {
        const auto holds = [&loop](const Expression& when) {
            return evaluate(when, loop.environment);
        };
        ++loop.round;
        auto stages = stages_of_round(pipeline, holds);
        co_await run_one_round(loop, std::move(stages), loop.round);
        loop.end = find_end(loop);
    }
    co_await close(loop);
    services.observer.loop_ended(run, loop.end->reason);
    co_return *loop.end;
}

}  // namespace trommel
