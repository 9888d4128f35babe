#include "pipeline/operations/sweep/cell_store.hpp"

#include "pipeline/engine/journal/inputs.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/runs/run_files.hpp"
#include "trommel/pipeline/operations/sweep/cell_record.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trommel {
namespace {

/// Throws ConfigError unless the run there was of `now`.
void refuse_other_run(const std::filesystem::path& path, const RunRecord& now) {
    const auto changed = changes(*read_history(path).run, now);
    if (changed.empty()) return;
    throw ConfigError(fmt::format(
        "{} was run with something else than now:\n  {}\nGive --dir another directory, or remove "
        "that one",
        path.string(),
        fmt::join(changed, "\n  ")));
}

}  // namespace

std::filesystem::path directory_of(const std::filesystem::path& sweep, const SweepCell& cell) {
    return sweep / "cells" / cell.id;
}

CellStore::CellStore(std::filesystem::path directory) : directory_(std::move(directory)) {
    std::error_code error;
    std::filesystem::create_directories(directory_ / "cells", error);
    if (error)
        throw Error(
            fmt::format("{}: cannot make the directory: {}", directory_.string(), error.message()));
    const auto file = directory_ / "sweep.lock";
    lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock_ < 0)
        throw Error(fmt::format(
            "{}: cannot write: {}", file.string(), std::generic_category().message(errno)));
    if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(lock_);
    throw Error(
        fmt::format("{}: another sweep runs here; wait for it or give --dir another "
                    "directory",
                    directory_.string()));
}

CellStore::~CellStore() { ::close(lock_); }

CellEnd CellStore::end_of(const SweepCell& cell, const RunRecord& now, bool retry_failed) const {
    const auto path = directory_of(directory_, cell);
    const auto record = read_cell_record(path);
    if (!record || !RunFiles::has_run(path)) return {};
    if (record->failed && retry_failed) return {};
    if (record->failed) return {.state = CellState::failed, .ran = false, .error = record->error};
    refuse_other_run(path, now);
    return {.state = CellState::finished, .ran = false, .error = {}};
}

std::filesystem::path CellStore::clear(const SweepCell& cell) const {
    auto path = directory_of(directory_, cell);
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error)
        throw Error(fmt::format("{}: cannot remove what a cell that was cut off has left: {}",
                                path.string(),
                                error.message()));
    return path;
}

void CellStore::keep(const SweepCell& cell, const CellEnd& end, double seconds) const {
    const auto path = directory_of(directory_, cell);
    std::filesystem::create_directories(path);
    write_cell_record(
        path, {.failed = end.state == CellState::failed, .error = end.error, .seconds = seconds});
    if (end.state == CellState::failed) return;
    std::error_code ignored;
    for (const auto* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(path / (std::string("platform.db") + suffix), ignored);
}

}  // namespace trommel
