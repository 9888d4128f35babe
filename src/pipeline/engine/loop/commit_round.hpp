#pragma once

#include "pipeline/engine/loop/loop_state.hpp"
#include "trommel/pipeline/engine/round/round.hpp"

#include <asio/awaitable.hpp>

namespace trommel {

/// What a round, or with `round` 0 the closing pass, leaves: states, picks, metrics, failed stages.
CommittedRound to_commit(const LoopState& loop, const RoundOutcome& outcome, std::uint32_t round);

/// Commits the round. It counts from the moment its manifest is in its place: its states, picks
/// and metrics together, and all that it names is on the disk by then. Tells observer, journal,
/// tables and hooks.
asio::awaitable<void> commit_round(LoopState& loop, CommittedRound committed);

/// As journal and hooks have the round.
RoundRecord record_of(const CommittedRound& round);

/// Writes `picks.csv` and `metrics.csv` as the history is now.
asio::awaitable<void> update_tables(LoopState& loop);

/// Keeps the states that outlive the run. Comes after the commit, so that nothing is kept that a
/// crash could take back; a run that is resumed makes up for it.
asio::awaitable<void> keep_states(LoopState& loop);

asio::awaitable<void> tell_hooks(LoopState& loop, RoundRecord round);

}  // namespace trommel
