#pragma once

#include "pipeline/engine/journal/loop_folder.hpp"
#include "trommel/pipeline/definition/limits.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"

#include <asio/awaitable.hpp>

#include <stop_token>
#include <string>
#include <vector>

namespace trommel {

class AttemptFaults;
class Hooks;

/// What a loop works with; everything outlives it.
struct LoopServices {
    Platform& platform;
    CpuPool& cpu;
    IoPool& io;
    Clock& clock;
    Observer& observer;
    Limits& limits;
    Journal& journal;
    std::stop_token drain{};          ///< once requested, the round that runs is the last
    Hooks* hooks = nullptr;           ///< that hear of rounds; null: none do
    AttemptFaults* faults = nullptr;  ///< that strike in rounds, not in the closing pass
    bool ask_again = false;           ///< for labels that were given and are lost
    std::string platform_name{};      ///< what messages call it: its file or its URL
};

/// Why a loop ended.
struct LoopEnd {
    std::string reason{};           ///< a sentence
    std::vector<HeldRule> rules{};  ///< what of `until` held; none if something else ended it
    bool exhausted = false;  ///< `max` was reached while `until`, if there is one, did not hold
};

/// Prepares the dataset and runs round after round, from where the part's rounds and the journal
/// say that an earlier process of the run has left off. `history` and the part's folder hold each
/// round as soon as it has ended, also when a later one throws.
///
/// After the last round a closing pass runs the stages that measure, and what they wait for, once
/// more, so that the last labels that were paid for are measured too; see closing_stages.
///
/// A drained loop ends between two rounds as a cancelled one does, with operation_aborted.
asio::awaitable<LoopEnd> run_loop(const Pipeline& pipeline,
                                  std::string run,
                                  LoopServices& services,
                                  LoopFolder& part,
                                  History& history);

/// What the rounds have measured and chosen.
History history_of(const std::vector<CommittedRound>& rounds);

}  // namespace trommel
