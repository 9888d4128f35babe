// ScheduledPipeline: a pipeline that runs by itself, with what that takes.
#pragma once

#include "trommel/pipeline/operations/run/run.hpp"
#include "trommel/pipeline/operations/schedule/scheduler.hpp"
#include "trommel/server/observe/log.hpp"
#include "trommel/server/observe/metrics.hpp"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <set>
#include <string>

namespace trommel::cli {

/// What all of them share; outlives them.
struct SchedulingServices {
    const Registry& registry;
    IoPool& io;
    server::Log& log;
    server::Metrics* metrics = nullptr;  ///< set before the first run
    std::filesystem::path data{};
    unsigned threads = 1;
};

class ScheduledPipeline {
public:
    ScheduledPipeline(Pipeline pipeline, std::filesystem::path file, SchedulingServices& services);

    asio::awaitable<void> run(Clock& clock);

private:
    std::filesystem::path directory_of(const ScheduledStart& start) const;
    bool is_taken(const std::filesystem::path& directory, const ScheduledStart& start) const;
    asio::awaitable<ScheduledRunEnd> run_once(ScheduledStart start);
    asio::awaitable<RunResult> begin(std::filesystem::path directory);
    asio::awaitable<RunResult> go_on(std::filesystem::path directory);
    void tell(const ScheduleEvent& event) const;
    void log(const std::string& what, server::LogLevel level = server::LogLevel::info) const;
    std::string wall(Instant instant) const;

    Pipeline pipeline_;
    std::filesystem::path file_;
    SchedulingServices& services_;
    std::set<std::filesystem::path> active_;  ///< directories of runs that this process is at
    ScheduleOwnership ownership_;
    ScheduleFileStore store_;
};

}  // namespace trommel::cli
