// What a pipeline's schedules remember from one process to the next, so that no run is started
// twice and none is forgotten.
#pragma once

#include "trommel/pipeline/definition/schedule/instant.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// A run that waits for another one to end, or goes on.
struct KnownRun {
    std::string schedule{};
    Instant planned{};

    friend bool operator==(const KnownRun&, const KnownRun&) = default;
};

struct ScheduleState {
    /// For each schedule, by its to_text: what was planned up to this instant is decided, whether
    /// it was started or left out. A schedule that is changed is a new one.
    std::map<std::string, Instant> decided{};
    std::int64_t failures = 0;  ///< runs in a row that failed
    bool paused = false;
    std::vector<KnownRun> queued{};   ///< in the order in which they will start
    std::vector<KnownRun> running{};  ///< that were started and have not ended

    friend bool operator==(const ScheduleState&, const ScheduleState&) = default;
};

std::string to_json_text(const ScheduleState& state);

/// Throws DataError if the text is none that to_json_text wrote.
ScheduleState parse_schedule_state(std::string_view text);

/// Where a Scheduler keeps its state. Outlives it.
class ScheduleStore {
public:
    ScheduleStore() = default;
    ScheduleStore(const ScheduleStore&) = delete;
    ScheduleStore& operator=(const ScheduleStore&) = delete;
    virtual ~ScheduleStore() = default;

    /// Nothing if none was saved yet.
    virtual asio::awaitable<std::optional<ScheduleState>> load() = 0;
    /// Returns once the state would survive a power cut.
    virtual asio::awaitable<void> save(ScheduleState state) = 0;
};

/// One file a pipeline, replaced in one step. Throws Error or DataError with the file's name and a
/// way out. Calls block; see ScheduleFileStore.
class ScheduleFile {
public:
    explicit ScheduleFile(std::filesystem::path path) : path_(std::move(path)) {}

    /// `FOLDER/schedules/NAME.json`.
    static ScheduleFile of(const std::filesystem::path& folder, const std::string& pipeline);

    const std::filesystem::path& path() const { return path_; }
    std::optional<ScheduleState> load() const;
    void save(const ScheduleState& state) const;

private:
    std::filesystem::path path_;
};

/// While it lives, its process is the one that decides about a pipeline's runs. The system lets go
/// of it when the process ends, however it ends.
class ScheduleOwnership {
public:
    /// Throws Error if another process owns the file.
    explicit ScheduleOwnership(const ScheduleFile& file);
    ScheduleOwnership(ScheduleOwnership&& other) noexcept;
    ScheduleOwnership& operator=(ScheduleOwnership&&) = delete;
    ~ScheduleOwnership();

private:
    int descriptor_;
};

/// A ScheduleFile whose blocking calls run on a pool.
class ScheduleFileStore final : public ScheduleStore {
public:
    ScheduleFileStore(ScheduleFile file, IoPool& io) : file_(std::move(file)), io_(io) {}

    asio::awaitable<std::optional<ScheduleState>> load() override;
    asio::awaitable<void> save(ScheduleState state) override;

private:
    ScheduleFile file_;
    IoPool& io_;
};

}  // namespace trommel
