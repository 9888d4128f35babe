#include "trommel/pipeline/run_status.hpp"

#include "pipeline/journal/run_history.hpp"
#include "trommel/core/folder_lock.hpp"

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
    const RunHistory history = read_history(directory);
    RunStatus status;
    status.id = history.run->id;
    status.file = history.run->file;
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
