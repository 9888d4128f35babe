#include "trommel/pipeline/run.hpp"

#include "cli/commands/commands.hpp"
#include "cli/commands/pipeline_arguments.hpp"
#include "cli/json_output.hpp"
#include "cli/progress.hpp"
#include "trommel/core/text.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/runtime/signals.hpp"

#include <CLI/CLI.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <memory>
#include <thread>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct Arguments : PipelineArguments {
    std::filesystem::path directory{};
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    bool as_json = false;
    bool quiet = false;
};

/// The value that the baseline has at as many labels, or a dash.
std::string baseline_value(const RunResult& result, std::size_t labels, const std::string& metric) {
    for (const auto& measurement : result.baseline->measurements)
        if (measurement.labels == labels && measurement.values.contains(metric))
            return fmt::format("{:.4f}", measurement.values.at(metric));
    return "-";
}

void print_table(const RunResult& result) {
    const auto columns = result.history.columns();
    std::string line = fmt::format("{:>5}  {:>8}", "round", "labels");
    auto out = std::back_inserter(line);
    for (const auto& [metric, column] : columns) {
        fmt::format_to(out, "  {:>10}", column);
        if (result.baseline) fmt::format_to(out, "  {:>10}", "baseline");
    }
    fmt::print("{}\n", line);
    for (const auto& measurement : result.history.measurements) {
        line = fmt::format("{:>5}  {:>8}", measurement.round, with_commas(measurement.labels));
        for (const auto& [metric, column] : columns) {
            const auto found = measurement.values.find(metric);
            const bool known = found != measurement.values.end();
            fmt::format_to(out, "  {:>10}", known ? fmt::format("{:.4f}", found->second) : "-");
            if (result.baseline)
                fmt::format_to(out, "  {:>10}", baseline_value(result, measurement.labels, metric));
        }
        fmt::print("{}\n", line);
    }
}

json::array to_json(const History& history) {
    json::array measurements;
    for (const auto& measurement : history.measurements) {
        json::object values;
        for (const auto& [metric, value] : measurement.values) values[metric] = value;
        measurements.push_back({{"round", measurement.round},
                                {"labels", measurement.labels},
                                {"metrics", std::move(values)}});
    }
    return measurements;
}

json::array to_json(const std::vector<HeldRule>& rules) {
    json::array all;
    for (const auto& held : rules) {
        json::object rule{{"rule", held.rule}, {"text", held.text}, {"detail", held.detail}};
        if (held.value) rule["value"] = *held.value;
        if (held.threshold) rule["threshold"] = *held.threshold;
        all.push_back(std::move(rule));
    }
    return all;
}

json::array to_json(const std::vector<Warning>& warnings) {
    json::array all;
    for (const auto& warning : warnings)
        all.push_back({{"round", warning.round},
                       {"code", warning.code},
                       {"message", warning.message},
                       {"hint", warning.hint}});
    return all;
}

json::array to_json(const std::vector<FailedRecords>& failed) {
    json::array rounds;
    for (const auto& one : failed)
        rounds.push_back({{"stage", one.stage},
                          {"round", one.round},
                          {"records", one.records},
                          {"of", one.of},
                          {"quarantined", one.quarantined}});
    return rounds;
}

void print_json(const RunResult& result, const RunOptions& options) {
    json::object summary{{"run", options.id},
                         {"directory", options.directory.string()},
                         {"stopped_because", result.stopped_because},
                         {"stopped_by", to_json(result.rules)},
                         {"spent", result.history.facts.spent},
                         {"warnings", to_json(result.history.warnings)},
                         {"measurements", to_json(result.history)},
                         {"failed_records", to_json(result.history.failed)}};
    if (result.baseline) summary["baseline"] = to_json(*result.baseline);
    print(summary);
}

/// Runs the pipeline on this thread. The first SIGINT or SIGTERM rolls the round back; a second one
/// kills.
RunResult run_interruptibly(Pipeline pipeline, const RunOptions& options, Observer& observer) {
    asio::io_context loop(1);
    asio::cancellation_signal stop;
    const auto watch = [&stop](const asio::any_io_executor& executor) -> asio::awaitable<void> {
        Interrupts interrupts(executor);
        co_await interrupts.next();
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        stop.emit(asio::cancellation_type::terminal);
    };
    asio::co_spawn(loop, watch(loop.get_executor()), [](const std::exception_ptr&) {});

    std::optional<RunResult> result;
    std::exception_ptr failure;
    const auto work = [&]() -> asio::awaitable<void> {
        result = co_await run_pipeline(std::move(pipeline), options, observer);
    };
    asio::co_spawn(
        loop, work(), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error) {
            failure = std::move(error);
            loop.stop();
        }));
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return *std::move(result);
}

int run_command(const Arguments& arguments) {
    Pipeline pipeline = arguments.load();
    RunOptions options;
    options.id = make_run_id(pipeline.name);
    options.directory = arguments.directory.empty() ? std::filesystem::path("runs") / options.id
                                                    : arguments.directory;
    options.threads = arguments.threads;
    Progress progress(pipeline.rounds.max);
    Observer silence;
    Observer& observer = arguments.quiet ? silence : progress;
    const RunResult result = run_interruptibly(std::move(pipeline), options, observer);
    if (arguments.as_json)
        print_json(result, options);
    else
        print_table(result);
    fmt::print(stderr,
               "{}: picks.csv, metrics.csv, resolved.yaml, report.html\n",
               options.directory.string());
    return result.exhausted ? failed : ok;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<Arguments>();
    auto* command =
        app.add_subcommand("run", "Runs a pipeline and leaves its picks, metrics and report");
    arguments->add_to(*command);
    command->add_option(
        "--run-dir", arguments->directory, "Where to leave them; default runs/NAME-TIME");
    command->add_option("--threads", arguments->threads, "Threads for computing; default all cores")
        ->check(CLI::Range(1U, 1024U));
    command->add_flag("--json", arguments->as_json, "The result as JSON");
    command->add_flag("--quiet", arguments->quiet, "No progress");
    command->callback([arguments, &exit_code] { exit_code = run_command(*arguments); });
}

}  // namespace trommel::cli
