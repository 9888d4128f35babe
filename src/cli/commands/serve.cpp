#include "cli/commands/commands.hpp"
#include "cli/commands/schedule_words.hpp"
#include "trommel/pipeline/run.hpp"
#include "trommel/pipeline/run_status.hpp"
#include "trommel/pipeline/schedule/scheduler.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/runtime/signals.hpp"
#include "trommel/stages/stages.hpp"

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <list>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace trommel::cli {
namespace {

struct Arguments {
    std::vector<std::filesystem::path> files{};
    std::filesystem::path data{};
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    Registry registry = stages::all_stages();
};

/// One line on standard error, with the time and the pipeline.
void log(const std::string& pipeline, const std::string& what) {
    const auto now = floor<std::chrono::seconds>(std::chrono::system_clock::now());
    fmt::print(stderr, "{} {}: {}\n", to_text(Instant(now)), pipeline, what);
}

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

/// A pipeline that runs by itself, with what that takes.
class Served {
public:
    Served(Pipeline pipeline, std::filesystem::path file, const Arguments& arguments, IoPool& io)
        : pipeline_(std::move(pipeline)),
          file_(std::move(file)),
          data_(arguments.data),
          threads_(arguments.threads),
          registry_(arguments.registry),
          ownership_(ScheduleFile::of(data_, pipeline_.name)),
          store_(ScheduleFile::of(data_, pipeline_.name), io) {}

    asio::awaitable<void> run(Clock& clock) {
        SchedulerServices services{store_, clock, {}, {}};
        services.start = [this](ScheduledStart start) { return run_once(start); };
        services.listener = [this](const ScheduleEvent& event) { tell(event); };
        return run_schedules(pipeline_.name, pipeline_.schedules, std::move(services));
    }

private:
    /// The directory of a run is known by the instant that it is planned for, so that it is found
    /// again after a crash. Two schedules may plan the same instant.
    std::filesystem::path directory_of(const ScheduledStart& start) const {
        const auto runs = data_ / "runs";
        const std::string id = make_run_id(pipeline_.name, start.planned);
        auto directory = runs / id;
        for (int i = 2; is_taken(directory, start); ++i)
            directory = runs / fmt::format("{}-{}", id, i);
        return directory;
    }

    bool is_taken(const std::filesystem::path& directory, const ScheduledStart& start) const {
        return active_.contains(directory) || (!start.goes_on && has_run(directory));
    }

    /// Whether a run has begun there, and not only its directory.
    static bool has_run(const std::filesystem::path& directory) {
        try {
            read_run_status(directory);
            return true;
        } catch (const ConfigError&) {
            return false;
        }
    }

    asio::awaitable<ScheduledRunEnd> run_once(ScheduledStart start) {
        const auto directory = directory_of(start);
        const Active active(active_, directory);
        const bool goes_on = start.goes_on && has_run(directory);
        log(pipeline_.name,
            fmt::format("run of {} {} in {}",
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

    asio::awaitable<RunResult> begin(std::filesystem::path directory) {
        RunOptions options;
        options.id = directory.filename().string();
        options.directory = std::move(directory);
        options.threads = threads_;
        Pipeline pipeline = pipeline_;
        RunResult result = co_await run_pipeline(std::move(pipeline), std::move(options), silence_);
        co_return result;
    }

    asio::awaitable<RunResult> go_on(std::filesystem::path directory) {
        ResumeOptions options;
        options.threads = threads_;
        RunResult result =
            co_await resume_pipeline(std::move(directory), registry_, std::move(options), silence_);
        co_return result;
    }

    void tell(const ScheduleEvent& event) const {
        using Kind = ScheduleEvent::Kind;
        if (event.kind == Kind::started) return;  // run_once knows more of it
        const auto why = event.why.empty() ? "" : "; " + event.why;
        if (event.kind == Kind::next)
            log(pipeline_.name, fmt::format("next run at {}", wall(event.planned)));
        else if (event.kind == Kind::paused)
            log(pipeline_.name,
                fmt::format("paused{}; to go on: {}", why, resume_command(file_, data_)));
        else if (event.kind == Kind::resumed)
            log(pipeline_.name, "resumed");
        else
            log(pipeline_.name,
                fmt::format("run of {} {}{}", wall(event.planned), to_text(event.kind), why));
    }

    std::string wall(Instant instant) const {
        return wall_text(instant, pipeline_.schedules.front().timezone);
    }

    Pipeline pipeline_;
    std::filesystem::path file_;
    std::filesystem::path data_;
    unsigned threads_;
    const Registry& registry_;
    Observer silence_;
    Directories active_;  ///< of runs that this process is at
    ScheduleOwnership ownership_;
    ScheduleFileStore store_;
};

std::list<Served> load_all(const Arguments& arguments, IoPool& io) {
    std::list<Served> served;
    std::set<std::string> names;
    for (const auto& file : arguments.files) {
        Pipeline pipeline = load_pipeline(file, arguments.registry);
        if (pipeline.schedules.empty()) throw ConfigError(schedule_advice(file));
        if (!names.insert(pipeline.name).second)
            throw ConfigError(fmt::format(
                "{}: another file names its pipeline '{}' too; schedules are kept by that name",
                file.string(),
                pipeline.name));
        served.emplace_back(std::move(pipeline), file, arguments, io);
    }
    return served;
}

/// Until the first SIGINT or SIGTERM, which stops all runs where they can go on; a second one
/// kills.
void serve_until_told(std::list<Served>& served) {
    asio::io_context loop(1);
    SystemClock clock;
    Interrupts interrupts(loop.get_executor());
    auto all = [&](Nursery& nursery) -> asio::awaitable<void> {
        for (auto& each : served) nursery.start(each.run(clock));
        co_await interrupts.next();
        log("serve", "stopping; once more to kill");
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        nursery.cancel();
    };
    run(loop, with_nursery(std::move(all)));
    log("serve", "stopped");
}

int serve(const Arguments& arguments) {
    IoPool io;
    auto served = load_all(arguments, io);
    serve_until_told(served);
    return ok;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<Arguments>();
    auto* command =
        app.add_subcommand("serve", "Stays up and runs pipelines at the times of their schedules");
    command->add_option("FILE", arguments->files, "Pipeline files (YAML) with a schedule")
        ->required();
    command->add_option("--data",
                        arguments->data,
                        "Where to keep runs/ and schedules/, which remembers what has run; "
                        "default here");
    command->add_option("--threads", arguments->threads, "Threads for computing; default all cores")
        ->check(CLI::Range(1U, 1024U));
    command->callback([arguments, &exit_code] { exit_code = serve(*arguments); });
}

}  // namespace trommel::cli
