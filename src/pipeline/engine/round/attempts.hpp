#pragma once

#include "pipeline/engine/cache/cache_key.hpp"
#include "pipeline/engine/round/attempt_faults.hpp"
#include "pipeline/engine/round/record_tally.hpp"
#include "pipeline/engine/round/work.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"

#include <any>
#include <exception>
#include <functional>

namespace trommel {

/// What all attempts of a stage in a round have in common.
struct StageSetup {
    const StageSpec& spec;
    std::any options;
    StageContext context;
    Observer& observer;
    std::function<KeyParts()> known_parts;  ///< of the key of its cache; blocks
    std::filesystem::path run;              ///< its directory
    BitMask& left_out;                      ///< the samples that stages have left out of this round
    Limiter* limiter;                       ///< that the stage obeys, or null
    Random jitter;                          ///< for the waits between attempts
    Stopwatch worked;                       ///< in this round
    AttemptFaults* faults;                  ///< or null
    RecordTally records{};
};

/// Runs a stage over the same inputs until an attempt succeeds, fails for good or was the last.
class Attempts {
public:
    /// Makes as if a failed attempt had not been; false if that cannot be, because something of
    /// what it made has gone on.
    using Undo = std::function<bool()>;

    /// All of it outlives run().
    Attempts(StageSetup& setup, Inputs& in, Output& out, Undo undo)
        : setup_(setup), in_(in), out_(out), undo_(std::move(undo)) {}

    asio::awaitable<void> run();

private:
    asio::awaitable<std::exception_ptr> try_once(unsigned attempt);
    asio::awaitable<void> run_attempt(unsigned attempt);
    asio::awaitable<void> run_stage(Work& work, unsigned attempt);
    AttemptFault strike(unsigned attempt);
    asio::awaitable<void> hang(Work& work) const;
    asio::awaitable<void> run_short(Stage& stage, StageContext& context);
    void refuse_retry(const std::exception_ptr& error, const Failure& failure, unsigned attempt);
    asio::awaitable<void> back_off(Failure failure, unsigned attempt);

    StageSetup& setup_;
    Inputs& in_;
    Output& out_;
    Undo undo_;
};

}  // namespace trommel
