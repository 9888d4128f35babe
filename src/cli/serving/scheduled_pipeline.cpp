#include "cli/serving/scheduled_pipeline.hpp"

#include "cli/serving/schedule_words.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"
#include "trommel/pipeline/operations/runs/run_status.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::cli {
namespace {

using server::LogLevel;
using Directories = std::set<std::filesystem::path>;

/// Keeps a run's directory among those that are worked in for a scope.
class Active {
public:
    Active(Directories& all, std::filesystem::path directory)
        : all_(all), self_(all.insert(std::move(directory)).first) {}
    Active(const Active&) = delete;
    Active& operator=(const Active&) = delete;
    ~Active() { all_.erase(self_); }

private:
    Directories& all_;
    Directories::iterator self_;
};

/// Counts what the stages of a run do.
class StageFigures final : public Observer {
public:
    StageFigures(server::Metrics& metrics, std::string pipeline)
        : metrics_(metrics), pipeline_(std::move(pipeline)) {}

    void stage_sent(const std::string& stage, std::size_t records) override {
        metrics_.stage_sent(pipeline_, stage, records);
    }
    void stage_ended(const std::string& stage, std::chrono::nanoseconds took) override {
        metrics_.stage_took(pipeline_, stage, took);
    }

private:
    server::Metrics& metrics_;
    std::string pipeline_;
};

/// Whether a run has begun there, and not only its directory.
bool has_run(const std::filesystem::path& directory) {
    try {
        read_run_status(directory);
        return true;
    } catch (const ConfigError&) {
        return false;
    }
}

}  // namespace

ScheduledPipeline::ScheduledPipeline(Pipeline pipeline,
                                     std::filesystem::path file,
                                     SchedulingServices& services)
    : pipeline_(std::move(pipeline)),
      file_(std::move(file)),
      services_(services),
      ownership_(ScheduleFile::of(services.data, pipeline_.name)),
      store_(ScheduleFile::of(services.data, pipeline_.name), services.io) {}

asio::awaitable<void> ScheduledPipeline::run(Clock& clock) {
    SchedulerServices services{store_, clock, {}, {}};
    services.start = [this](ScheduledStart start) { return run_once(start); };
    services.listener = [this](const ScheduleEvent& event) { tell(event); };
    return run_schedules(pipeline_.name, pipeline_.schedules, std::move(services));
}

/// The directory of a run is known by the instant that it is planned for, so that it is found again
/// after a crash. Two schedules may plan the same instant.
std::filesystem::path ScheduledPipeline::directory_of(const ScheduledStart& start) const {
    const auto runs = services_.data / "runs";
    const std::string id = make_run_id(pipeline_.name, start.planned);
    auto directory = runs / id;
    for (int i = 2; is_taken(directory, start); ++i) directory = runs / fmt::format("{}-{}", id, i);
    return directory;
}

bool ScheduledPipeline::is_taken(const std::filesystem::path& directory,
                                 const ScheduledStart& start) const {
    return active_.contains(directory) || (!start.goes_on && has_run(directory));
}

asio::awaitable<ScheduledRunEnd> ScheduledPipeline::run_once(ScheduledStart start) {
    const auto directory = directory_of(start);
    const Active active(active_, directory);
    const bool goes_on = start.goes_on && has_run(directory);
    log(fmt::format("run of {} {} in {}",
                    wall(start.planned),
                    goes_on ? "goes on" : "started",
                    directory.string()));
    RunResult result;
    if (goes_on) {
        result = co_await go_on(directory);
    } else {
        result = co_await begin(directory);
    }
    ScheduledRunEnd end;
    end.succeeded = !result.exhausted;
    end.what = fmt::format("{}: {}", directory.string(), result.stopped_because);
    co_return end;
}

asio::awaitable<RunResult> ScheduledPipeline::begin(std::filesystem::path directory) {
    RunOptions options;
    options.id = directory.filename().string();
    options.directory = std::move(directory);
    options.threads = services_.threads;
    Pipeline pipeline = pipeline_;
    StageFigures figures(*services_.metrics, pipeline_.name);
    RunResult result = co_await run_pipeline(std::move(pipeline), std::move(options), figures);
    co_return result;
}

asio::awaitable<RunResult> ScheduledPipeline::go_on(std::filesystem::path directory) {
    ResumeOptions options;
    options.threads = services_.threads;
    StageFigures figures(*services_.metrics, pipeline_.name);
    RunResult result = co_await resume_pipeline(
        std::move(directory), services_.registry, std::move(options), figures);
    co_return result;
}

void ScheduledPipeline::tell(const ScheduleEvent& event) const {
    using Kind = ScheduleEvent::Kind;
    if (event.kind == Kind::started) return;  // run_once knows more of it
    const auto why = event.why.empty() ? "" : "; " + event.why;
    if (event.kind == Kind::next) return log(fmt::format("next run at {}", wall(event.planned)));
    if (event.kind == Kind::paused)
        return log(
            fmt::format("paused{}; to go on: {}", why, resume_command(file_, services_.data)),
            LogLevel::warning);
    if (event.kind == Kind::resumed) return log("resumed");
    if (event.kind == Kind::succeeded || event.kind == Kind::failed)
        services_.metrics->run_ended(pipeline_.name, to_text(event.kind));
    log(fmt::format("run of {} {}{}", wall(event.planned), to_text(event.kind), why),
        event.kind == Kind::failed ? LogLevel::error : LogLevel::info);
}

void ScheduledPipeline::log(const std::string& what, LogLevel level) const {
    services_.log.write(level, pipeline_.name, what);
}

std::string ScheduledPipeline::wall(Instant instant) const {
    return wall_text(instant, pipeline_.schedules.front().timezone);
}

}  // namespace trommel::cli
