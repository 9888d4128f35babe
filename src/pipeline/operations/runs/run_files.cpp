#include "trommel/pipeline/operations/runs/run_files.hpp"

#include "pipeline/engine/journal/lost_data.hpp"
#include "pipeline/engine/loop/loop.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/files/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace trommel {
namespace {

using dataset::CsvReader;
using dataset::LineReader;

constexpr auto journal_file = "journal.jsonl";

double number_in(const CsvReader& csv, std::string_view field) {
    const auto number = parse_number(field);
    if (!number) csv.fail(fmt::format("'{}' is not a number", field));
    return *number;
}

/// The header's fields, which begin with `first`.
std::vector<std::string> header_of(CsvReader& csv, const std::vector<std::string>& first) {
    const auto record = csv.next();
    std::vector<std::string> fields;
    if (record) fields.assign(record->begin(), record->end());
    if (fields.size() < first.size() || !std::equal(first.begin(), first.end(), fields.begin()))
        csv.fail("is not what a run writes");
    return fields;
}

}  // namespace

RunFiles::RunFiles(std::filesystem::path directory) : path_(std::move(directory)) {
    if (!has_run(path_))
        throw Error(fmt::format("{} holds no run; it has no {}", path_.string(), journal_file));
}

namespace {

PickedSample pick_in(const CsvReader& csv, std::span<const std::string_view> fields) {
    PickedSample pick{.file_name = std::string(fields[2]), .score = {}};
    if (!fields[3].empty()) pick.score = number_in(csv, fields[3]);
    if (fields.size() <= 5) return pick;  // a run of before has no more
    if (!fields[4].empty()) pick.distance = number_in(csv, fields[4]);
    if (!fields[5].empty()) pick.nearest = std::string(fields[5]);
    return pick;
}

/// What the rounds say; nothing where their files are not there.
std::optional<History> rounds_in(const std::filesystem::path& run) {
    const auto folder = run / "rounds" / "main";
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) return std::nullopt;
    return history_of(read_rounds(run, "main", read_history(run)));
}

std::vector<Measurement> by_column(History history) {
    const auto columns = history.columns();
    for (auto& measurement : history.measurements)
        for (auto& [metric, value] : std::exchange(measurement.values, {}))
            measurement.values[columns.at(metric)] = value;
    return std::move(history.measurements);
}

}  // namespace

bool RunFiles::has_run(const std::filesystem::path& directory) {
    std::error_code ignored;
    return std::filesystem::exists(directory / journal_file, ignored);
}

std::vector<Measurement> RunFiles::measurements() const {
    if (auto history = rounds_in(path_)) return by_column(*std::move(history));
    std::vector<Measurement> all;
    const auto file = path_ / "metrics.csv";
    if (!std::filesystem::exists(file)) return all;
    CsvReader csv(LineReader::open(file));
    const auto header = header_of(csv, {"round", "labels"});
    while (const auto record = csv.next()) {
        if (record->size() != header.size()) csv.fail("has not as many fields as the header");
        Measurement measurement;
        measurement.round = static_cast<std::uint32_t>(number_in(csv, (*record)[0]));
        measurement.labels = static_cast<std::size_t>(number_in(csv, (*record)[1]));
        for (std::size_t i = 2; i < header.size(); ++i)
            if (!(*record)[i].empty()) measurement.values[header[i]] = number_in(csv, (*record)[i]);
        all.push_back(std::move(measurement));
    }
    return all;
}

std::vector<RoundPicks> RunFiles::picks() const {
    if (auto history = rounds_in(path_)) return std::move(history->picks);
    std::vector<RoundPicks> all;
    const auto file = path_ / "picks.csv";
    if (!std::filesystem::exists(file)) return all;
    CsvReader csv(LineReader::open(file));
    const auto header = header_of(csv, {"round", "rank", "file_name", "score"});
    while (const auto record = csv.next()) {
        if (record->size() < 4) csv.fail("has not as many fields as the header");
        const auto round = static_cast<std::uint32_t>(number_in(csv, (*record)[0]));
        if (all.empty() || all.back().round != round) all.push_back({.round = round, .picks = {}});
        all.back().picks.push_back(pick_in(csv, *record));
    }
    return all;
}

std::vector<RunFiles> runs_in(const std::filesystem::path& directory) {
    std::vector<RunFiles> runs;
    if (!std::filesystem::is_directory(directory))
        throw Error(fmt::format("{} is not a directory", directory.string()));
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        if (RunFiles::has_run(entry.path())) runs.emplace_back(entry.path());
    std::ranges::sort(runs, {}, [](const RunFiles& run) { return run.path(); });
    return runs;
}

}  // namespace trommel
