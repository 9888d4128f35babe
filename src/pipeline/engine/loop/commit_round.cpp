// What counts of a round: one manifest that is there wholly or not at all.

#include "pipeline/engine/loop/commit_round.hpp"

#include "pipeline/engine/hooks/hooks.hpp"
#include "trommel/runtime/nursery.hpp"

namespace trommel {
namespace {

PickedSample named(const Pick& pick, const TagSet& tags) {
    PickedSample named{.file_name = tags.name(pick.sample),
                       .score = pick.score,
                       .distance = pick.distance,
                       .nearest = {}};
    if (pick.nearest) named.nearest = tags.name(*pick.nearest);
    return named;
}

RoundPicks picks_of(const RoundOutcome& outcome, std::uint32_t round) {
    RoundPicks picks;
    picks.round = round;
    for (const auto& [state, tags] : outcome.written) {
        for (const Pick& pick : tags->added) picks.picks.push_back(named(pick, *tags));
        add_outcome(picks, tags->outcome);
    }
    return picks;
}

/// The manifest's draft and all that it names, on the disk.
asio::awaitable<void> write_ahead(LoopState& loop, const CommittedRound& committed) {
    const auto prepare = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(loop.services.platform.flush());
        const auto draft = [](const RoundFiles& files, const CommittedRound& round) {
            files.prepare(round);
        };
        co_await on_io(loop.services.io, draft, std::cref(loop.part.rounds), std::cref(committed));
    };
    co_await with_nursery(prepare);
}

}  // namespace

CommittedRound to_commit(const LoopState& loop, const RoundOutcome& outcome, std::uint32_t round) {
    CommittedRound committed;
    committed.round = round;
    for (const auto& [state, tag] : loop.states) committed.states[state] = tag.id;
    for (const auto& [state, tags] : outcome.written) {
        committed.states[state] = tags->preselected->id;
        committed.grew = committed.grew || tags->preselected->mask != loop.states.at(state).mask;
    }
    if (!outcome.metrics.empty())
        committed.measurement = {round == 0 ? loop.round : loop.round - 1, 0, outcome.metrics};
    if (round > 0 && !outcome.written.empty()) committed.picks = picks_of(outcome, loop.round);
    committed.failed = outcome.failed;
    return committed;
}

asio::awaitable<void> commit_round(LoopState& loop, CommittedRound committed) {
    RoundRecord record = record_of(committed);
    co_await write_ahead(loop, committed);
    const auto put = [](const RoundFiles& files, std::uint32_t round) { files.commit(round); };
    co_await on_io(loop.services.io, put, std::cref(loop.part.rounds), committed.round);
    loop.grew = committed.grew;
    History& history = loop.history;
    for (const auto& failed : committed.failed) history.failed.push_back(failed);
    if (committed.picks) {
        history.picks.push_back(*std::move(committed.picks));
        loop.services.observer.selected(history.picks.back());
    }
    if (committed.measurement) {
        history.measurements.push_back(*std::move(committed.measurement));
        loop.services.observer.measured(history.measurements.back());
    }
    co_await loop.services.journal.commit_round(loop.part.name, record);
    co_await update_tables(loop);
    co_await keep_states(loop);
    co_await tell_hooks(loop, std::move(record));
}

RoundRecord record_of(const CommittedRound& round) {
    RoundRecord record;
    record.round = round.round;
    if (round.picks) record.chosen = round.picks->picks.size();
    if (!round.measurement) return record;
    record.labels = round.measurement->labels;
    record.values = round.measurement->values;
    return record;
}

asio::awaitable<void> update_tables(LoopState& loop) {
    const auto update = [](HistoryTables& tables, const History& history) {
        tables.update(history);
    };
    co_await on_io(loop.services.io, update, std::ref(loop.part.tables), std::cref(loop.history));
}

asio::awaitable<void> keep_states(LoopState& loop) {
    if (loop.part.beside.empty()) co_await loop.kept.keep(loop.states);
}

asio::awaitable<void> tell_hooks(LoopState& loop, RoundRecord round) {
    if (loop.services.hooks == nullptr || round.round == 0) co_return;
    co_await loop.services.hooks->round_finished(std::move(round));
}

}  // namespace trommel
