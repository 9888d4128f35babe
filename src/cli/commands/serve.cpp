#include "cli/access_settings.hpp"
#include "cli/api.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/schedule_words.hpp"
#include "cli/server_config.hpp"
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
#include <cstdlib>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace trommel::cli {
namespace {

struct ServeArguments {
    std::vector<std::filesystem::path> files{};
    std::filesystem::path config{};
    std::filesystem::path data{};
    std::string listen{};
    std::optional<std::string> token{};
    bool log_calls = false;
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
    Served(Pipeline pipeline,
           std::filesystem::path file,
           const ServeArguments& arguments,
           IoPool& io)
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

std::list<Served> load_all(const ServeArguments& arguments, IoPool& io) {
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

/// Until the first SIGINT or SIGTERM: it stops all runs where they can go on, and answers what was
/// asked; a second one kills.
void serve_until_told(asio::io_context& loop, std::list<Served>& served, Api& api) {
    SystemClock clock;
    Interrupts interrupts(loop.get_executor());
    const auto schedules = [&](Nursery& nursery) -> asio::awaitable<void> {
        for (auto& each : served) nursery.start(each.run(clock));
        co_await interrupts.next();
        log("serve", "stopping; once more to kill");
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        api.drain();
        nursery.cancel();
    };
    const auto all = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(api.run());
        nursery.start(with_nursery(schedules));
        co_return;
    };
    trommel::run(loop, with_nursery(all));
    log("serve", "stopped");
}

/// The token of the command line or of the environment, if there is one: an empty one is a mistake.
std::optional<server::GivenToken> token_of(const ServeArguments& arguments) {
    const char* variable = std::getenv("TROMMEL_TOKEN");
    if (!arguments.token && variable == nullptr) return std::nullopt;
    const auto digest = arguments.token ? digest_of_token("the token of --token", *arguments.token)
                                        : digest_of_token("the token in TROMMEL_TOKEN", variable);
    return server::GivenToken{.name = "command line", .sha256 = digest, .role = "admin"};
}

void warn(const std::string& what) { log("serve", "warning: " + what); }

/// What the command line says goes before what the file says.
ServerConfig config_of(const ServeArguments& arguments) {
    ServerConfig config;
    if (!arguments.config.empty()) config = read_server_config(arguments.config);
    if (!arguments.listen.empty()) config.listen = parse_listen(arguments.listen);
    if (!arguments.data.empty()) config.data = arguments.data;
    if (const auto token = token_of(arguments)) config.api.tokens.push_back(*token);
    for (const auto& warning : config.warnings) warn(warning);
    config.api.warn = warn;
    if (config.log_calls || arguments.log_calls)
        config.api.log = [](const std::string& line) { log("serve", line); };
    config.http.failed = [](const std::string& what) { log("serve", "failed: " + what); };
    return config;
}

int serve(ServeArguments arguments) {
    IoPool io;
    asio::io_context loop(1);
    auto config = config_of(arguments);
    arguments.data = config.data;
    auto served = load_all(arguments, io);
    const std::string upstream = config.upstream ? config.upstream->url : "";
    Api api(loop, std::move(config), arguments.threads);
    if (!upstream.empty()) log("serve", "stands in front of " + upstream);
    log("serve", "answers at " + api.url());
    serve_until_told(loop, served, api);
    return ok;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<ServeArguments>();
    auto* command = app.add_subcommand(
        "serve", "Answers Lightly's API, and runs pipelines at the times of their schedules");
    command->add_option("FILE", arguments->files, "Pipeline files (YAML) with a schedule");
    command->add_option(
        "--config", arguments->config, "Settings of the API; see config/server.yaml");
    command->add_option("--listen",
                        arguments->listen,
                        "Where the API answers (127.0.0.1:8765); port 0 takes any that is free");
    command->add_option(
        "--token",
        arguments->token,
        "A token that may do everything, of at least 16 characters; better in the environment, as "
        "TROMMEL_TOKEN");
    command->add_option("--data",
                        arguments->data,
                        "Where to keep server/, and runs/ and schedules/, which remembers what has "
                        "run; default here");
    command->add_flag("--log-calls", arguments->log_calls, "A line for each call of the API");
    command->add_option("--threads", arguments->threads, "Threads for computing; default all cores")
        ->check(CLI::Range(1U, 1024U));
    command->callback([arguments, &exit_code] { exit_code = serve(*arguments); });
}

}  // namespace trommel::cli
