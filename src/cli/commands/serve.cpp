#include "cli/commands/commands.hpp"
#include "cli/output/output.hpp"
#include "cli/serving/api.hpp"
#include "cli/serving/schedule_words.hpp"
#include "cli/serving/scheduled_pipeline.hpp"
#include "cli/settings/access_settings.hpp"
#include "cli/settings/number_range.hpp"
#include "cli/settings/server_config.hpp"
#include "trommel/pipeline/operations/run/run.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/runtime/signals.hpp"
#include "trommel/server/observe/log.hpp"
#include "trommel/stages/stages.hpp"

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

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

using server::LogLevel;

std::list<ScheduledPipeline> load_all(const ServeArguments& arguments,
                                      SchedulingServices& services) {
    std::list<ScheduledPipeline> served;
    std::set<std::string> names;
    for (const auto& file : arguments.files) {
        Pipeline pipeline = load_pipeline(file, arguments.registry);
        if (pipeline.schedules.empty()) throw ConfigError(schedule_advice(file));
        if (!names.insert(pipeline.name).second)
            throw ConfigError(fmt::format(
                "{}: another file names its pipeline '{}' too; schedules are kept by that name",
                file.string(),
                pipeline.name));
        served.emplace_back(std::move(pipeline), file, services);
    }
    return served;
}

/// The token of the command line or of the environment, if there is one: an empty one is a mistake.
std::optional<server::GivenToken> token_of(const ServeArguments& arguments) {
    const char* variable = std::getenv("TROMMEL_TOKEN");
    if (!arguments.token && variable == nullptr) return std::nullopt;
    const auto digest = arguments.token ? digest_of_token("the token of --token", *arguments.token)
                                        : digest_of_token("the token in TROMMEL_TOKEN", variable);
    return server::GivenToken{.name = "command line", .sha256 = digest, .role = "admin"};
}

/// What the command line says goes before what the file says.
ServerConfig config_of(const ServeArguments& arguments) {
    ServerConfig config;
    if (!arguments.config.empty()) config = read_server_config(arguments.config);
    if (!arguments.listen.empty()) config.listen = parse_listen(arguments.listen);
    if (!arguments.data.empty()) config.data = arguments.data;
    if (const auto token = token_of(arguments)) config.api.tokens.push_back(*token);
    config.log_calls = config.log_calls || arguments.log_calls;
    return config;
}

/// A server and its pipelines, from the first request to the last.
class Service {
public:
    Service(asio::io_context& loop,
            const ServeArguments& arguments,
            ServerConfig config,
            server::Log& log)
        : loop_(loop),
          arguments_(arguments),
          log_(log),
          scheduling_{arguments.registry, io_, log, nullptr, config.data, arguments.threads},
          served_(load_all(arguments, scheduling_)),
          api_(loop, with_failures(std::move(config)), arguments.threads, log) {
        scheduling_.metrics = &api_.metrics();
    }

    std::string url() const { return api_.url(); }

    /// Until the first SIGINT or SIGTERM: it stops all runs where they can go on, and answers what
    /// was asked; a second one kills.
    void run() {
        const auto all = [this](Nursery& nursery) -> asio::awaitable<void> {
            nursery.start(api_.run());
            co_await schedule_until_told();
        };
        trommel::run(loop_, with_nursery(all));
    }

private:
    void say(const std::string& what, LogLevel level = LogLevel::info) const {
        log_.write(level, "serve", what);
    }

    void warn_of(const ServerConfig& config) const {
        for (const auto& warning : config.warnings) say(warning, LogLevel::warning);
    }

    ServerConfig with_failures(ServerConfig config) {
        warn_of(config);
        config.http.failed = [this](const std::string& what) {
            say("failed: " + what, LogLevel::error);
        };
        return config;
    }

    asio::awaitable<void> schedule_until_told() {
        const auto schedules = [this](Nursery& nursery) -> asio::awaitable<void> {
            StopSignals interrupts(loop_.get_executor());
            for (auto& each : served_) nursery.start(each.run(clock_));
            nursery.start(reload_when_told());
            co_await interrupts.next();
            say("stopping; once more to kill");
            std::signal(SIGINT, SIG_DFL);
            std::signal(SIGTERM, SIG_DFL);
            api_.drain();
            nursery.cancel();
        };
        return with_nursery(schedules);
    }

    asio::awaitable<void> reload_when_told() {
        HangupSignals hangups(loop_.get_executor());
        while (true) {
            co_await hangups.next();
            co_await reload();
        }
    }

    /// What is wrong with the new settings is logged, and those of before stay.
    asio::awaitable<void> reload() {
        log_.reopen();
        std::string fault;
        try {
            ServerConfig config = config_of(arguments_);
            log_.set_level(config.log.level);
            warn_of(config);
            co_await api_.reload(std::move(config));
        } catch (const Error& error) {
            fault = error.what();
        }
        if (fault.empty())
            say("tokens and certificates read anew");
        else
            say("the settings were not taken over, and those of before stay: " + fault,
                LogLevel::error);
    }

    asio::io_context& loop_;
    const ServeArguments& arguments_;
    server::Log& log_;
    IoPool io_;
    SystemClock clock_;
    SchedulingServices scheduling_;
    std::list<ScheduledPipeline> served_;
    Api api_;
};

int serve(const ServeArguments& arguments) {
    ::umask(S_IRWXG | S_IRWXO);  // what a server keeps is its owner's alone
    asio::io_context loop(1);
    auto config = config_of(arguments);
    server::Log log(config.log);
    const auto say = [&](const std::string& what) { log.write(LogLevel::info, "serve", what); };
    const auto upstream = config.upstream ? config.upstream->url : std::string();
    const bool logs_elsewhere = !config.log.file.empty();
    Service service(loop, arguments, std::move(config), log);
    if (!upstream.empty()) say("forwards calls to " + upstream);
    say("answers at " + service.url());
    if (logs_elsewhere) print_progress("trommel: answers at {}\n", service.url());
    service.run();
    say("stopped");
    return ok;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<ServeArguments>();
    auto* command =
        app.add_subcommand("serve", "Serves Lightly's API and runs scheduled pipelines");
    command->add_option("FILE", arguments->files, "Scheduled pipeline files (YAML)");
    command->add_option("--config", arguments->config, "Settings file; see config/server.yaml");
    command->add_option("--listen",
                        arguments->listen,
                        "Address of the API (127.0.0.1:8765); port 0: any free port");
    // An optional would take an empty text for none.
    command->add_option_function<std::string>(
        "--token",
        [arguments](const std::string& token) { arguments->token = token; },
        "Admin token, at least 16 characters;\nprefer the environment variable TROMMEL_TOKEN");
    command->add_option("--data",
                        arguments->data,
                        "Data folder for server/, runs/ and schedules/;\ndefault: this directory");
    command->add_flag("--log-calls", arguments->log_calls, "Log each API call");
    command->add_option("--threads", arguments->threads, "Threads; default: all cores")
        ->check(whole_between(1, 1024));
    command->callback([arguments, &exit_code] { exit_code = serve(*arguments); });
}

}  // namespace trommel::cli
