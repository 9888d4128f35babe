#include "trommel/pipeline/engine/journal/quarantine.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/core/record_log.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace trommel {
namespace {

namespace json = boost::json;

std::filesystem::path folder_of(const std::filesystem::path& run) { return run / "quarantine"; }

/// What tells one record from another.
using Key = std::tuple<std::string, std::uint32_t, std::string, std::string>;

Key key_of(const QuarantinedRecord& record) {
    return {record.stage, record.round, record.sample, record.input_digest};
}

json::object key_fields(const QuarantinedRecord& record) {
    return {{"stage", record.stage},
            {"round", record.round},
            {"sample", record.sample},
            {"input_digest", record.input_digest}};
}

std::string entry_of(const QuarantinedRecord& record) {
    json::object entry = key_fields(record);
    entry["error"] = record.error;
    entry["input"] = record.input;
    return json_text(entry);
}

/// The entry that takes the record out again.
std::string release_of(const QuarantinedRecord& record) {
    json::object entry = key_fields(record);
    entry["replayed"] = true;
    return json_text(entry);
}

std::string text_of(const json::object& entry, const char* key) {
    const auto* value = entry.if_contains(key);
    return value == nullptr ? "" : std::string(value->as_string());
}

QuarantinedRecord record_of(const json::object& entry) {
    return {.stage = text_of(entry, "stage"),
            .round = entry.at("round").to_number<std::uint32_t>(),
            .sample = text_of(entry, "sample"),
            .error = text_of(entry, "error"),
            .input_digest = text_of(entry, "input_digest"),
            .input = text_of(entry, "input")};
}

/// Those of the file's records that were not taken out, each once, as they came.
std::vector<QuarantinedRecord> read_stage(const std::filesystem::path& file) {
    std::map<Key, std::size_t> last;
    std::vector<std::optional<QuarantinedRecord>> all;
    for (const auto& text : read_records(file).records) {
        const json::object entry = json::parse(text).as_object();
        QuarantinedRecord record = record_of(entry);
        const auto [known, is_new] = last.try_emplace(key_of(record), all.size());
        if (!is_new) all[std::exchange(known->second, all.size())].reset();
        all.emplace_back(std::move(record));
        if (entry.contains("replayed")) all.back().reset();
    }
    std::vector<QuarantinedRecord> records;
    for (auto& record : all)
        if (record) records.push_back(*std::move(record));
    return records;
}

void append(const std::filesystem::path& run,
            const std::string& stage,
            const std::vector<std::string>& entries) {
    make_folder(folder_of(run));
    RecordLog(folder_of(run) / (stage + ".jsonl")).append(entries, RecordLog::Sync::yes);
}

}  // namespace

void quarantine(const std::filesystem::path& run, const std::vector<QuarantinedRecord>& records) {
    if (records.empty()) return;
    std::vector<std::string> entries;
    for (const auto& record : records) entries.push_back(entry_of(record));
    append(run, records.front().stage, entries);
}

std::vector<QuarantinedRecord> read_quarantine(const std::filesystem::path& run) {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(folder_of(run)))
        for (const auto& entry : std::filesystem::directory_iterator(folder_of(run)))
            if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
    std::ranges::sort(files);
    std::vector<QuarantinedRecord> all;
    for (const auto& file : files)
        for (auto& record : read_stage(file)) all.push_back(std::move(record));
    return all;
}

void replay_quarantine(const std::filesystem::path& run,
                       const std::vector<QuarantinedRecord>& records) {
    std::map<std::string, std::vector<std::string>> releases;
    for (const auto& record : records) releases[record.stage].push_back(release_of(record));
    for (const auto& [stage, entries] : releases) append(run, stage, entries);
}

}  // namespace trommel
