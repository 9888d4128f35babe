#include "pipeline/engine/journal/round_files.hpp"

#include "pipeline/engine/journal/outcome_json.hpp"
#include "pipeline/engine/journal/run_history.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/is_json.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/core/record_log.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace trommel {
namespace {

namespace json = boost::json;

std::string stem(std::uint32_t round) { return round == 0 ? "closing" : std::to_string(round); }

// Numbers appear as text, as in the journal.
json::value to_json(const std::optional<Measurement>& measurement) {
    if (!measurement) return nullptr;
    json::object values;
    for (const auto& [metric, value] : measurement->values) values[metric] = shortest(value);
    return json::object{{"round", measurement->round},
                        {"labels", measurement->labels},
                        {"values", std::move(values)}};
}

json::value to_json(const std::optional<double>& value) {
    if (!value) return nullptr;
    return json::string(shortest(*value));
}

json::value to_json(const std::optional<RoundPicks>& picks) {
    if (!picks) return nullptr;
    json::array rows;
    for (const auto& pick : picks->picks) {
        json::array row{json::string(pick.file_name)};
        const bool is_near = pick.distance || pick.nearest;
        if (pick.score || is_near) row.push_back(to_json(pick.score));
        if (is_near) row.push_back(to_json(pick.distance));
        if (pick.nearest) row.push_back(json::string(*pick.nearest));
        rows.push_back(std::move(row));
    }
    return rows;
}

json::array to_json(const std::vector<FailedRecords>& failed) {
    json::array rows;
    for (const auto& one : failed)
        rows.push_back({{"stage", one.stage},
                        {"round", one.round},
                        {"records", one.records},
                        {"of", one.of},
                        {"quarantined", one.quarantined}});
    return rows;
}

json::array to_json(const std::vector<Warning>& warnings) {
    json::array rows;
    for (const auto& warning : warnings)
        rows.push_back({{"round", warning.round},
                        {"code", warning.code},
                        {"message", warning.message},
                        {"hint", warning.hint}});
    return rows;
}

std::string to_record(const CommittedRound& round) {
    json::object states;
    for (const auto& [name, tag] : round.states) states[name] = tag.text();
    json::object digests;
    for (const auto& [name, digest] : round.digests) digests[name] = digest;
    json::object record{{"version", journal_version},
                        {"round", round.round},
                        {"states", std::move(states)},
                        {"digests", std::move(digests)},
                        {"grew", round.grew},
                        {"measurement", to_json(round.measurement)},
                        {"picks", to_json(round.picks)},
                        {"failed", to_json(round.failed)},
                        {"warnings", to_json(round.warnings)},
                        {"facts", to_json(round.facts)}};
    if (round.picks) record["selections"] = outcome_json(*round.picks);
    return json_text(record);
}

std::string text(const json::value& value) { return std::string(value.as_string()); }

double number(const json::value& text) {
    return parse_number(std::string_view(text.as_string()))
        .value_or(std::numeric_limits<double>::quiet_NaN());
}

Measurement measurement_of(const json::object& record) {
    Measurement measurement;
    measurement.round = record.at("round").to_number<std::uint32_t>();
    measurement.labels = record.at("labels").to_number<std::size_t>();
    for (const auto& [metric, value] : record.at("values").as_object())
        measurement.values[metric] = number(value);
    return measurement;
}

RoundPicks picks_of(std::uint32_t round, const json::array& rows) {
    RoundPicks picks;
    picks.round = round;
    for (const auto& row : rows) {
        PickedSample pick;
        pick.file_name = std::string(row.at(0).as_string());
        const auto number_at = [&fields = row.as_array()](std::size_t place) {
            const bool is_there = fields.size() > place && !fields[place].is_null();
            return is_there ? std::optional(number(fields[place])) : std::nullopt;
        };
        pick.score = number_at(1);
        pick.distance = number_at(2);
        if (row.as_array().size() > 3) pick.nearest = std::string(row.at(3).as_string());
        picks.picks.push_back(std::move(pick));
    }
    return picks;
}

FailedRecords failed_of(const json::object& row) {
    FailedRecords failed;
    failed.stage = text(row.at("stage"));
    failed.round = row.at("round").to_number<std::uint32_t>();
    failed.records = row.at("records").to_number<std::size_t>();
    failed.of = row.at("of").to_number<std::size_t>();
    failed.quarantined = row.at("quarantined").as_bool();
    return failed;
}

Warning warning_of(const json::object& row) {
    return {.round = row.at("round").to_number<std::uint32_t>(),
            .code = text(row.at("code")),
            .message = text(row.at("message")),
            .hint = text(row.at("hint"))};
}

CommittedRound from_json(const json::object& record) {
    CommittedRound round;
    round.round = record.at("round").to_number<std::uint32_t>();
    for (const auto& [name, tag] : record.at("states").as_object())
        round.states[name] = TagId(std::string(tag.as_string()));
    if (const auto* digests = record.if_contains("digests"))  // older runs have none
        for (const auto& [name, digest] : digests->as_object()) round.digests[name] = text(digest);
    round.grew = record.at("grew").as_bool();
    if (const auto& found = record.at("measurement"); found.is_object())
        round.measurement = measurement_of(found.as_object());
    if (const auto& found = record.at("picks"); found.is_array())
        round.picks = picks_of(round.round, found.as_array());
    const auto* selections = record.if_contains("selections");  // older runs have none
    if (round.picks && selections != nullptr) read_outcome(selections->as_object(), *round.picks);
    for (const auto& row : record.at("failed").as_array())
        round.failed.push_back(failed_of(row.as_object()));
    for (const auto& row : record.at("warnings").as_array())
        round.warnings.push_back(warning_of(row.as_object()));
    round.facts = stop_facts_from(record.at("facts"));
    return round;
}

[[noreturn]] void fail_damaged(const std::filesystem::path& file, const std::string& why) {
    throw DataError(
        fmt::format("{}: {}; take the run's directory from a backup, or go on from the round "
                    "before: trommel resume RUN --accept-damage",
                    file.string(),
                    why));
}

}  // namespace

RoundFiles::RoundFiles(std::filesystem::path folder) : folder_(std::move(folder)) {
    make_folder(folder_);
}

void RoundFiles::prepare(const CommittedRound& round) const {
    write_draft(manifest_of(round.round), checked_line(to_record(round)));
    sync();
}

void RoundFiles::sync() const { sync_folder(folder_); }

void RoundFiles::commit(std::uint32_t round) const { publish_draft(manifest_of(round)); }

std::optional<CommittedRound> RoundFiles::read(std::uint32_t round) const {
    const auto manifest = manifest_of(round);
    if (!std::filesystem::exists(manifest)) return std::nullopt;
    const auto line = read_file(manifest);
    const auto record = checked_record(trim(line));
    if (!record || !is_json(*record)) fail_damaged(manifest, "is damaged");
    const auto value = json::parse(json::string_view(record->data(), record->size()));
    if (value.at("version").to_number<std::int64_t>() != journal_version)
        throw DataError(
            fmt::format("{}: is of a version that this trommel does not know; use the one that "
                        "made the run, or begin a new run",
                        manifest.string()));
    return from_json(value.as_object());
}

bool RoundFiles::is_whole(std::uint32_t round) const {
    const auto line = read_file(manifest_of(round));
    const auto record = checked_record(trim(line));
    return record && is_json(*record);
}

/// Those that have a manifest, in order, the closing pass last.
std::vector<std::uint32_t> RoundFiles::rounds_after(std::uint32_t round) const {
    std::vector<std::uint32_t> rounds;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        const auto name = entry.path().stem().string();
        std::uint32_t number = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
        const bool is_number = error == std::errc{} && end == name.data() + name.size();
        if (entry.path().extension() == ".json" && is_number && number > round)
            rounds.push_back(number);
    }
    std::ranges::sort(rounds);
    if (std::filesystem::exists(manifest_of(0))) rounds.push_back(0);
    return rounds;
}

SetAside RoundFiles::set_damaged_aside() const {
    SetAside aside;
    while (std::filesystem::exists(manifest_of(aside.rounds_left + 1)) &&
           is_whole(aside.rounds_left + 1))
        ++aside.rounds_left;
    auto later = rounds_after(aside.rounds_left);
    if (later == std::vector<std::uint32_t>{0} && is_whole(0)) later.clear();
    for (const std::uint32_t round : later) {
        const auto manifest = manifest_of(round);
        aside.files.push_back(manifest);
        std::filesystem::rename(manifest, name_for_damaged(manifest));
    }
    sync();
    return aside;
}

std::filesystem::path RoundFiles::manifest_of(std::uint32_t round) const {
    return folder_ / (stem(round) + ".json");
}

/// Rounds beyond the first that is missing would be chosen anew, and their labels asked for again.
void RoundFiles::refuse_gap(std::size_t rounds) const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        const auto number = parse_number(entry.path().stem().string());
        if (entry.path().extension() == ".json" && number && *number > static_cast<double>(rounds))
            fail_damaged(
                manifest_of(static_cast<std::uint32_t>(rounds + 1)),
                fmt::format("is missing, and {} is there", entry.path().filename().string()));
    }
}

std::vector<CommittedRound> RoundFiles::read() const {
    std::vector<CommittedRound> rounds;
    while (auto next = read(static_cast<std::uint32_t>(rounds.size() + 1)))
        rounds.push_back(*std::move(next));
    refuse_gap(rounds.size());
    if (auto closing = read(0)) rounds.push_back(*std::move(closing));
    return rounds;
}

}  // namespace trommel
