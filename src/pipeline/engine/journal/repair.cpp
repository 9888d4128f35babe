#include "pipeline/engine/journal/repair.hpp"

#include "pipeline/engine/journal/round_files.hpp"
#include "trommel/core/record_log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

/// Of people's answers and of the records in quarantine; beside them the journal itself.
bool is_record_log(const std::filesystem::path& file) {
    if (file.extension() != ".jsonl") return false;
    return file.filename() == "answers.jsonl" || file.parent_path().filename() == "quarantine";
}

std::vector<std::filesystem::path> record_logs(const std::filesystem::path& run) {
    std::vector<std::filesystem::path> files{run / "journal.jsonl"};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(run))
        if (entry.is_regular_file() && is_record_log(entry.path())) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

}  // namespace

Repair repair_run(const std::filesystem::path& run) {
    const RunHistory history = read_history(run);
    Repair repair;
    for (const auto& file : record_logs(run))
        for (const std::size_t line : drop_damaged_records(file))
            repair.lost.push_back(
                fmt::format("{}:{}", file.lexically_relative(run).string(), line));
    for (const std::string part : {"main", "baseline"}) {
        const auto folder = run / "rounds" / part;
        if (!std::filesystem::is_directory(folder)) continue;
        const SetAside aside = RoundFiles(folder).set_damaged_aside();
        for (const auto& file : aside.files)
            repair.lost.push_back(file.lexically_relative(run).string());
        const auto told = history.parts.find(part);
        const bool are_gone =
            told != history.parts.end() && told->second.rounds > aside.rounds_left;
        if (are_gone && aside.files.empty())
            repair.lost.push_back(fmt::format("rounds/{}/{}.json", part, aside.rounds_left + 1));
        if (are_gone || !aside.files.empty()) repair.rounds[part] = aside.rounds_left;
    }
    return repair;
}

}  // namespace trommel
