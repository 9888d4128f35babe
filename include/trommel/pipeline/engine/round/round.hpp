#pragma once

#include "trommel/core/error.hpp"
#include "trommel/pipeline/definition/limits.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"
#include "trommel/pipeline/stage/effects.hpp"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>

namespace trommel {

class AttemptFaults;

/// What rounds work with; everything outlives them.
struct RoundServices {
    Platform& platform;
    CpuPool& cpu;
    IoPool& io;
    Clock& clock;
    OpenDataset& dataset;
    Observer& observer;
    Limits& limits;
    Effects effects;                    ///< of this round
    std::filesystem::path directory{};  ///< of the run
    /// Hears of all that stages send; may be empty.
    std::function<void(const StageSpec& stage, const PayloadPtr& payload)> on_sent{};
    AttemptFaults* faults = nullptr;            ///< null: only those that come by themselves
    std::map<std::string, BitMask> answered{};  ///< by label stage, see StageContext
    bool ask_again = false;
    std::filesystem::path database{};
};

/// What a round brought. Nothing of it counts until the round has ended.
struct RoundOutcome {
    std::map<std::string, TagSetPtr> written{};  ///< by state
    std::map<std::string, double> metrics{};     ///< by `stage.metric`
    std::vector<FailedRecords> failed{};         ///< by stage
    BitMask measured{};                          ///< what the model that was measured learned from
};

/// A stage could not do its work; says which stage of which round.
class StageError : public Error {
    using Error::Error;
};

/// Runs `stages` of the pipeline side by side, once each, joined by bounded channels. They are all
/// of the pipeline's that this round is to have, in its order.
///
/// The first stage that fails stops the others, and its error is thrown as a StageError; a
/// cancelled round ends the same way, with operation_aborted. In either case nothing is running
/// when it throws.
asio::awaitable<RoundOutcome> run_round(const Pipeline& pipeline,
                                        std::vector<const StageSpec*> stages,
                                        RoundValues values,
                                        RoundServices services);

}  // namespace trommel
