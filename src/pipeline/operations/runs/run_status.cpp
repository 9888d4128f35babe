#include "trommel/pipeline/operations/runs/run_status.hpp"

#include "pipeline/engine/journal/run_history.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/folder_lock.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

PartStatus status_of(const std::string& name, const PartHistory& part) {
    PartStatus status;
    status.name = name;
    status.rounds = part.rounds;
    status.running = part.running;
    status.elapsed = part.elapsed;
    if (!part.last_measured) return status;
    status.labels = part.last_measured->labels;
    status.values = part.last_measured->values;
    return status;
}

/// `runs/a/journal.jsonl:5 is damaged`.
std::string damage_of(const RunHistory& history, const std::filesystem::path& directory) {
    if (history.damaged.empty()) return {};
    std::string where =
        fmt::format("{}:{}", (directory / "journal.jsonl").string(), history.damaged.front());
    if (history.damaged.size() > 1)
        where += fmt::format(" and {} more lines are", history.damaged.size() - 1);
    else
        where += " is";
    return where + " damaged";
}

/// How a run is that has neither ended nor is running.
void stopped(const RunHistory& history, RunStatus& status) {
    status.state = RunStatus::State::interrupted;
    status.why = "its process was cut off";
    if (!history.stop) return;
    status.why = history.stop->message;
    if (history.stop->failed) status.state = RunStatus::State::failed;
}

}  // namespace

std::string to_string(RunStatus::State state) {
    switch (state) {
        case RunStatus::State::running:
            return "running";
        case RunStatus::State::interrupted:
            return "interrupted";
        case RunStatus::State::failed:
            return "failed";
        case RunStatus::State::finished:
            break;
    }
    return "finished";
}

RunStatus read_run_status(const std::filesystem::path& directory) {
    const auto holder = FolderLock::holder(directory);  // first: it may end while we read
    const RunHistory history = look_at_history(directory);
    RunStatus status;
    if (!history.run && history.damaged.empty())
        throw ConfigError(fmt::format("{}: no run has begun here", directory.string()));
    status.damage = damage_of(history, directory);
    status.id = history.run ? history.run->id : directory.filename().string();
    if (history.run) status.file = history.run->file;
    for (const auto& name : {"main", "baseline"})
        if (const auto part = history.parts.find(name); part != history.parts.end())
            status.parts.push_back(status_of(name, part->second));
    if (history.end) {
        status.state = RunStatus::State::finished;
        status.why = history.end->reason;
    } else if (holder) {
        status.process = *holder;
    } else {
        stopped(history, status);
    }
    return status;
}

}  // namespace trommel
