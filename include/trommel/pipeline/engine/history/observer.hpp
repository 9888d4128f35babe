#pragma once

#include "trommel/pipeline/engine/history/history.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace trommel {

/// An attempt of a stage that failed and will be followed by another.
struct StageRetry {
    std::string stage{};
    unsigned attempt = 1;   ///< that failed, counted from 1
    unsigned attempts = 1;  ///< that it has in all
    std::string reason{};
    std::chrono::milliseconds delay{0};  ///< until the next
};

/// How a stage met its cache in one round.
struct CacheUse {
    std::string stage{};
    bool hit = false;       ///< it did not run, because all that it makes was there
    std::size_t known = 0;  ///< with `cache: record`: samples whose answers were there
    std::size_t asked = 0;  ///< and those that its program was asked about
    /// Why it ran: how what it depends on differs from what is most like it in the cache, a
    /// sentence each; empty: nothing of its kind was there.
    std::vector<std::string> why{};
};

/// Is told what a run does while it does it; called on the event loop, so it must not block.
class Observer {
public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;

    /// `part` is the pipeline's name, or `baseline`.
    virtual void loop_started(const std::string& /*part*/) {}
    /// Round 0 is the closing pass, which only measures.
    virtual void round_started(std::uint32_t /*round*/) {}
    virtual void stage_started(const std::string& /*stage*/) {}
    /// `records` samples more have left the stage.
    virtual void stage_sent(const std::string& /*stage*/, std::size_t /*records*/) {}
    virtual void stage_retries(const StageRetry& /*retry*/) {}
    virtual void stage_used_cache(const CacheUse& /*use*/) {}
    virtual void records_failed(const FailedRecords& /*failed*/) {}
    virtual void stage_ended(const std::string& /*stage*/, std::chrono::nanoseconds /*took*/) {}
    virtual void round_ended(std::uint32_t /*round*/, std::chrono::nanoseconds /*took*/) {}
    /// What the round has chosen counts now.
    virtual void selected(const RoundPicks& /*picks*/) {}
    virtual void measured(const Measurement& /*measurement*/) {}
    virtual void warned(const Warning& /*warning*/) {}
    virtual void loop_ended(const std::string& /*part*/, const std::string& /*reason*/) {}
};

}  // namespace trommel
