// The journal of a run: what it began, did and finished, so that it can be taken up again after it
// was cut off anywhere.
#pragma once

#include "pipeline/engine/journal/repair.hpp"
#include "pipeline/engine/journal/run_history.hpp"
#include "trommel/core/record_log.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"
#include "trommel/pipeline/stage/effects.hpp"
#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace trommel {

/// Writes `journal.jsonl`. All calls are made on one loop; the pool and the clock outlive it.
///
/// What no later record may contradict is synced before the call returns. A round counts by its
/// manifest (RoundFiles), so the records of rounds need no sync of their own.
class Journal final : public EffectLog {
public:
    /// Opens the journal of a run, or makes it; the caller holds the run's lock. Throws DataError
    /// if it is damaged or of another version.
    Journal(const std::filesystem::path& file, IoPool& io, Clock& clock);

    /// What earlier processes of the run have written.
    const RunHistory& past() const { return past_; }

    asio::awaitable<void> begin_run(RunRecord run);
    /// `changes` were accepted; if there are any, the round that was cut off restarts. So was
    /// what `repair` has lost.
    asio::awaitable<void> resume(RunRecord run, std::vector<std::string> changes, Repair repair);
    asio::awaitable<void> begin_part(std::string part, std::string id);
    /// Round 0 is the closing pass.
    asio::awaitable<void> begin_round(std::string part, std::uint32_t round);
    asio::awaitable<void> commit_round(std::string part, RoundRecord round);
    asio::awaitable<void> end_part(std::string part, EndRecord end);
    /// Whether a hook has been told what this key names.
    bool has_told(const std::string& key) const { return past_.told.contains(key); }
    asio::awaitable<void> told(std::string key);
    asio::awaitable<void> stop(StopRecord stop);
    asio::awaitable<void> end_run(EndRecord end);

    std::optional<std::string> find(const std::string& key) const override;
    asio::awaitable<void> begun(std::string key) override;
    asio::awaitable<void> done(std::string key, std::string result) override;
    std::size_t changes() const override { return past_.changes; }

private:
    asio::awaitable<void> write(boost::json::object record, RecordLog::Sync sync);

    RecordLog log_;
    IoPool& io_;
    Clock& clock_;
    RunHistory past_;
    std::map<std::string, std::string> effects_;  ///< results, by key, of the round that runs
};

}  // namespace trommel
