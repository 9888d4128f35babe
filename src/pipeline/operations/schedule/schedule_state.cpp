#include "trommel/pipeline/operations/schedule/schedule_state.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace trommel {
namespace {

namespace json = boost::json;

Instant read_instant(const json::value& value) {
    const json::string& text = value.as_string();
    const auto instant = parse_instant(std::string_view(text.data(), text.size()), TimeZone());
    if (!instant) throw DataError(instant.problem());
    return *instant;
}

std::string read_text(const json::value& value) { return json::value_to<std::string>(value); }

std::vector<KnownRun> read_runs(const json::value& list) {
    std::vector<KnownRun> runs;
    for (const auto& run : list.as_array())
        runs.push_back({.schedule = read_text(run.at("schedule")),
                        .planned = read_instant(run.at("planned"))});
    return runs;
}

json::array to_json(const std::vector<KnownRun>& runs) {
    json::array list;
    for (const auto& run : runs)
        list.push_back({{"schedule", run.schedule}, {"planned", to_text(run.planned)}});
    return list;
}

/// Of all but the digest itself. A changed time would be believed otherwise.
std::string digest_of(json::object object) {
    object.erase("sha256");
    return sha256(json_text(object));
}

ScheduleState read_state(const json::object& object) {
    const auto* digest = object.if_contains("sha256");  // older versions wrote none
    if (digest != nullptr && read_text(*digest) != digest_of(object))
        throw DataError("its content does not match its checksum; it was damaged or edited");
    if (object.at("version") != 1)
        throw DataError("it was written by a newer trommel; use that one");
    ScheduleState state;
    for (const auto& [schedule, instant] : object.at("decided").as_object())
        state.decided[std::string(schedule)] = read_instant(instant);
    state.failures = object.at("failures").as_int64();
    state.paused = object.at("paused").as_bool();
    state.queued = read_runs(object.at("queued"));
    if (const auto* running = object.if_contains("running")) state.running = read_runs(*running);
    return state;
}

}  // namespace

std::string to_json_text(const ScheduleState& state) {
    json::object decided;
    for (const auto& [schedule, instant] : state.decided) decided[schedule] = to_text(instant);
    json::object all{{"version", 1},
                     {"decided", std::move(decided)},
                     {"failures", state.failures},
                     {"paused", state.paused},
                     {"queued", to_json(state.queued)},
                     {"running", to_json(state.running)}};
    all["sha256"] = digest_of(all);
    return indented(all) + "\n";
}

ScheduleState parse_schedule_state(std::string_view text) {
    try {
        return read_state(json::parse(json::string_view(text.data(), text.size())).as_object());
    } catch (const DataError&) {
        throw;
    } catch (const std::exception& error) {
        throw DataError(fmt::format("it is not the state of a schedule ({})", error.what()));
    }
}

asio::awaitable<std::optional<ScheduleState>> ScheduleFileStore::load() {
    return on_io(
        io_, [](const ScheduleFile& file) { return file.load(); }, file_);
}

asio::awaitable<void> ScheduleFileStore::save(ScheduleState state) {
    return on_io(
        io_,
        [](const ScheduleFile& file, const ScheduleState& saved) { file.save(saved); },
        file_,
        std::move(state));
}

}  // namespace trommel
