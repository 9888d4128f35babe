#pragma once

#include "pipeline/engine/round/attempts.hpp"
#include "pipeline/engine/round/cached_stage.hpp"
#include "pipeline/engine/round/gate.hpp"

#include <optional>
#include <vector>

namespace trommel {

/// One stage of a round with its ends of the channels, run under its policies.
class StageRun {
public:
    StageRun(StageSetup setup,
             std::vector<Inputs::Stream> inputs,
             std::vector<PayloadChannel*> readers,
             Output::Listener listener);
    StageRun(const StageRun&) = delete;
    StageRun& operator=(const StageRun&) = delete;
    ~StageRun() = default;

    const StageSpec& spec() const { return setup_.spec; }

    /// Runs it to its end and returns the records that it could not use; what it throws are the
    /// stage's errors.
    asio::awaitable<FailedRecords> run();

    /// Lets those who send to it, read from it or wait for it go on.
    void end();

    asio::awaitable<void> ended() { return ended_.passed(); }

private:
    asio::awaitable<void> run_in_time();
    asio::awaitable<void> run_all();
    asio::awaitable<void> run_cached();
    asio::awaitable<void> run_or_reuse(CachedStage& cached);
    asio::awaitable<void> run_whole();
    asio::awaitable<void> run_batches();
    asio::awaitable<void> run_copy();
    asio::awaitable<void> run_batch(std::string_view port, PayloadPtr batch);
    asio::awaitable<FailedRecords> leave_out();

    StageSetup setup_;
    Inputs inputs_;
    Output output_;
    std::optional<std::vector<PayloadPtr>> made_;  ///< what has gone on, if it is to be kept
    Gate ended_;
};

}  // namespace trommel
