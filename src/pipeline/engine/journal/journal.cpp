#include "pipeline/engine/journal/journal.hpp"

#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/array.hpp>

namespace trommel {
namespace {

namespace json = boost::json;
using Sync = RecordLog::Sync;

json::object to_json(const char* type, const RunRecord& run) {
    json::array overrides;
    for (const auto& [name, value] : run.overrides)
        overrides.push_back(json::array{json::string(name), json::string(value)});
    json::array inputs;
    for (const auto& input : run.inputs)
        inputs.push_back(json::object{{"path", input.path.string()}, {"sha256", input.sha256}});
    return {{"type", type},
            {"version", journal_version},
            {"id", run.id},
            {"file", run.file.string()},
            {"folder", run.folder.string()},
            {"overrides", std::move(overrides)},
            {"inputs", std::move(inputs)},
            {"configuration", run.configuration}};
}

/// Numbers appear as text, the shortest that reads back as the same double: JSON has no NaN, and
/// Boost.JSON 1.81 misrounds (DECISIONS.md).
json::object to_json(const std::string& part, const RoundRecord& round) {
    json::object record{
        {"type", "committed"}, {"part", part}, {"round", round.round}, {"chosen", round.chosen}};
    if (!round.labels) return record;
    record["labels"] = *round.labels;
    json::object values;
    for (const auto& [metric, value] : round.values) values[metric] = shortest(value);
    record["values"] = std::move(values);
    return record;
}

}  // namespace

Journal::Journal(const std::filesystem::path& file, IoPool& io, Clock& clock)
    : log_(file),
      io_(io),
      clock_(clock),
      past_(replay(log_.take(), file)),
      effects_(past_.effects) {}

// A line that need not be synced goes into the page cache on the loop itself: that takes a few
// microseconds, and a thread to do it on would take longer to wake.
asio::awaitable<void> Journal::write(json::object record, Sync sync) {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch());
    record["at"] = now.count();
    std::string text = json_text(record);
    if (sync == Sync::no) {
        log_.append(text, sync);
        co_return;
    }
    const auto append = [](RecordLog& log, const std::string& line) {
        log.append(line, Sync::yes);
    };
    co_await on_io(io_, append, std::ref(log_), std::move(text));
}

asio::awaitable<void> Journal::begin_run(RunRecord run) {
    json::object record = to_json("run", run);
    co_await write(std::move(record), Sync::yes);
}

asio::awaitable<void> Journal::resume(RunRecord run,
                                      std::vector<std::string> changes,
                                      Repair repair) {
    json::object record = to_json("resume", run);
    if (!repair.lost.empty()) record["lost"] = json::array(repair.lost.begin(), repair.lost.end());
    if (!repair.rounds.empty()) {
        record["rounds_left"] = json::object(repair.rounds.begin(), repair.rounds.end());
        go_back(past_, repair.rounds);
        effects_.clear();
    }
    record["accepted"] = json::array(changes.begin(), changes.end());
    if (!changes.empty()) {
        ++past_.changes;
        effects_.clear();
    }
    co_await write(std::move(record), Sync::yes);
}

asio::awaitable<void> Journal::begin_part(std::string part, std::string id) {
    json::object record{{"type", "part"}, {"part", part}, {"id", id}};
    co_await write(std::move(record), Sync::no);
}

asio::awaitable<void> Journal::begin_round(std::string part, std::uint32_t round) {
    json::object record{{"type", "round"}, {"part", part}, {"round", round}};
    co_await write(std::move(record), Sync::no);
}

asio::awaitable<void> Journal::commit_round(std::string part, RoundRecord round) {
    effects_.clear();
    json::object record = to_json(part, round);
    co_await write(std::move(record), Sync::no);
}

asio::awaitable<void> Journal::end_part(std::string part, EndRecord end) {
    json::object record{
        {"type", "part_end"}, {"part", part}, {"reason", end.reason}, {"exhausted", end.exhausted}};
    co_await write(std::move(record), Sync::yes);
}

asio::awaitable<void> Journal::told(std::string key) {
    json::object record{{"type", "hook"}, {"key", key}};
    co_await write(std::move(record), Sync::no);
}

asio::awaitable<void> Journal::stop(StopRecord stop) {
    json::object record{{"type", "stop"}, {"failed", stop.failed}, {"message", stop.message}};
    co_await write(std::move(record), Sync::yes);
}

asio::awaitable<void> Journal::end_run(EndRecord end) {
    json::object record{{"type", "end"}, {"reason", end.reason}, {"exhausted", end.exhausted}};
    co_await write(std::move(record), Sync::yes);
}

std::optional<std::string> Journal::find(const std::string& key) const {
    const auto found = effects_.find(key);
    if (found == effects_.end()) return std::nullopt;
    return found->second;
}

asio::awaitable<void> Journal::begun(std::string key) {
    json::object record{{"type", "effect"}, {"key", key}};
    co_await write(std::move(record), Sync::no);
}

// A power failure may take the note, or what it is about, where that is not on the disk either: who
// does an effect finds out which, by its key or by asking for what it has made.
asio::awaitable<void> Journal::done(std::string key, std::string result) {
    json::object record{{"type", "effect_done"}, {"key", key}, {"result", result}};
    co_await write(std::move(record), Sync::no);
    effects_[std::move(key)] = std::move(result);
}

}  // namespace trommel
