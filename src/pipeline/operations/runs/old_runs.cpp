#include "trommel/pipeline/operations/runs/old_runs.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/folder_lock.hpp"
#include "trommel/pipeline/operations/runs/run_files.hpp"

#include <algorithm>
#include <optional>

namespace trommel {
namespace {

namespace fs = std::filesystem;

std::uint64_t bytes_below(const fs::path& directory) {
    std::uint64_t bytes = 0;
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(directory, ignored))
        if (entry.is_regular_file(ignored)) bytes += entry.file_size(ignored);
    return bytes;
}

fs::file_time_type last_event(const fs::path& directory) {
    auto last = fs::file_time_type::min();
    std::error_code error;
    for (const auto* name : {"journal.jsonl", "events.jsonl", "report.html"}) {
        const auto time = fs::last_write_time(directory / name, error);
        if (!error) last = std::max(last, time);
    }
    return last;
}

bool holds_answers(const fs::path& directory) {
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(directory, ignored))
        if (entry.path().filename() == "answers.jsonl" && entry.file_size(ignored) > 0) return true;
    return false;
}

/// Why the rule keeps the run; empty if it does not.
std::string reason_to_keep(const RunFiles& run, const OldRunsRule& rule) {
    RunStatus status;
    try {
        status = run.status();
    } catch (const Error&) {
        return "its journal cannot be read; see: trommel doctor " + run.path().string();
    }
    if (FolderLock::holder(run.path())) return "a process works in it";
    if (status.is_resumable() && !rule.unfinished)
        return "it can be resumed; --unfinished deletes such runs too";
    if (!rule.answers && holds_answers(run.path()))
        return "it holds labels that were asked for; --answers deletes such runs too";
    return {};
}

/// Under another name first, so that nobody meets half of a run.
void delete_run(const fs::path& directory) {
    const auto doomed = directory.parent_path() / (".deleted-" + directory.filename().string());
    {
        const FolderLock lock(directory);
        fs::rename(directory, doomed);
    }
    fs::remove_all(doomed);
}

/// What a call that was cut off left.
void delete_remains(const fs::path& directory) {
    for (const auto& entry : fs::directory_iterator(directory))
        if (entry.path().filename().string().starts_with(".deleted-")) fs::remove_all(entry.path());
}

}  // namespace

std::vector<OldRun> clean_runs(const fs::path& directory, const OldRunsRule& rule, bool dry) {
    std::vector<OldRun> old;
    const auto now = fs::file_time_type::clock::now();
    for (const auto& run : runs_in(directory)) {
        if (now - last_event(run.path()) < rule.older_than) continue;
        OldRun one{run.path(), bytes_below(run.path()), reason_to_keep(run, rule)};
        if (one.kept.empty() && !dry) delete_run(one.directory);
        old.push_back(std::move(one));
    }
    if (!dry) delete_remains(directory);
    return old;
}

}  // namespace trommel
