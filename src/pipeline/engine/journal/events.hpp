#pragma once

#include "trommel/core/durable_file.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"
#include "trommel/runtime/clock.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace trommel {

/// Passes on what a run does to another observer, and writes it to `events.jsonl`, a JSON object a
/// line with the time `at` in milliseconds since 1970, for people and tools. A resumed run uses
/// the journal alone, so nothing here is synced; what a stage sends is written once, when it ends.
class Events final : public Observer {
public:
    /// Both outlive it.
    Events(const std::filesystem::path& file, Clock& clock, Observer& next);

    void loop_started(const std::string& part) override;
    void round_started(std::uint32_t round) override;
    void stage_started(const std::string& stage) override;
    void stage_sent(const std::string& stage, std::size_t records) override;
    void stage_retries(const StageRetry& retry) override;
    void stage_used_cache(const CacheUse& use) override;
    void records_failed(const FailedRecords& failed) override;
    void selected(const RoundPicks& picks) override;
    void stage_ended(const std::string& stage, std::chrono::nanoseconds took) override;
    void round_ended(std::uint32_t round, std::chrono::nanoseconds took) override;
    void measured(const Measurement& measurement) override;
    void warned(const Warning& warning) override;
    void loop_ended(const std::string& part, const std::string& reason) override;

private:
    struct Sent {
        std::size_t batches = 0;
        std::size_t records = 0;
    };

    void write(boost::json::object event);

    GrowingFile file_;
    Clock& clock_;
    Observer& next_;
    std::map<std::string, Sent> sent_;  ///< by stage of the round that runs
};

}  // namespace trommel
