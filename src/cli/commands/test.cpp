#include "cli/commands/commands.hpp"
#include "cli/commands/pipeline_arguments.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "cli/output/terminal.hpp"
#include "cli/process/scratch_folder.hpp"
#include "cli/settings/number_range.hpp"
#include "trommel/pipeline/operations/testing/run_test.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/signals.hpp"

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

namespace trommel::cli {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

struct TestArguments : PipelineArguments {
    std::vector<std::string> names{};
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    bool as_json = false;
};

struct RunTest {
    const TestSpec& test;
    TestResult result{};
    milliseconds took{0};  ///< on the machine's clock
};

/// The tests that are asked for, in the file's order.
std::vector<const TestSpec*> chosen_tests(const Pipeline& pipeline,
                                          const TestArguments& arguments) {
    std::vector<std::string> known;
    for (const auto& test : pipeline.tests) known.push_back(test.name);
    for (const auto& name : arguments.names)
        if (std::ranges::count(known, name) == 0)
            throw ConfigError(fmt::format("{} has no test '{}'; {}",
                                          arguments.file.string(),
                                          name,
                                          meant_or_all(name, known)));
    std::vector<const TestSpec*> chosen;
    for (const auto& test : pipeline.tests)
        if (arguments.names.empty() || std::ranges::count(arguments.names, test.name) > 0)
            chosen.push_back(&test);
    return chosen;
}

/// On a clock of its own, in a folder of its own. SIGINT and SIGTERM end it.
RunTest run_one(const Pipeline& pipeline, const TestSpec& test, const TestArguments& arguments) {
    const auto begin = std::chrono::steady_clock::now();
    const ScratchFolder folder;
    asio::io_context loop(1);
    ManualClock clock(loop.get_executor());
    StopSignals interrupts(loop.get_executor());
    TestOptions options{folder.path(), arguments.threads, arguments.overrides()};
    RunTest run{test};
    bool interrupted = false;
    const auto watch = [&](Nursery& both) -> asio::awaitable<void> {
        (void)co_await interrupts.next();
        interrupted = true;
        both.cancel();
    };
    auto all = [&](Nursery& both) -> asio::awaitable<void> {
        both.start(watch(both));
        run.result =
            co_await run_test(pipeline, test, arguments.registry, clock, std::move(options));
        both.cancel();
    };
    std::exception_ptr error;
    try {
        trommel::run(loop, clock, with_nursery(std::move(all)));
    } catch (...) {
        error = std::current_exception();
    }
    if (interrupted) throw Interrupted(fmt::format("test '{}' was stopped", test.name));
    if (error) std::rethrow_exception(error);
    run.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
    return run;
}

std::string place_of(const Pipeline& pipeline, const TestFinding& finding) {
    return fmt::format("{}:{}:{}", pipeline.source.name, finding.place.line, finding.place.column);
}

void print_text(const Pipeline& pipeline, const RunTest& run, std::size_t width) {
    const bool passed = run.result.passed();
    print_result("{}{:6}{}  {:{}}  {:.2f} s\n",
                 colour(stdout, passed ? "32" : "31"),
                 passed ? "ok" : "FAILED",
                 colour(stdout, "0"),
                 run.test.name,
                 width,
                 static_cast<double>(run.took.count()) / 1000);
    for (const auto& finding : run.result.findings)
        print_result("        {}: {}\n", place_of(pipeline, finding), finding.message);
}

json::object to_json(const RunTest& run) {
    json::array findings;
    for (const auto& finding : run.result.findings)
        findings.push_back({{"line", finding.place.line},
                            {"column", finding.place.column},
                            {"message", finding.message}});
    return {{"name", run.test.name},
            {"passed", run.result.passed()},
            {"rounds", run.result.rounds},
            {"milliseconds", run.took.count()},
            {"findings", std::move(findings)}};
}

int test(const TestArguments& arguments) {
    const Pipeline pipeline = arguments.load(InputFiles::checked);
    if (pipeline.tests.empty())
        throw ConfigError(
            fmt::format("{} has no tests: write one into it, such as\n\n"
                        "    tests:\n"
                        "      two rounds: {{rounds: {{max: 2}}, expect: {{that: 'round == 2'}}}}",
                        arguments.file.string()));
    const auto chosen = chosen_tests(pipeline, arguments);
    std::size_t width = 0;
    for (const TestSpec* each : chosen) width = std::max(width, each->name.size());
    json::array all;
    std::size_t failures = 0;
    for (const TestSpec* each : chosen) {
        const RunTest run = run_one(pipeline, *each, arguments);
        if (!run.result.passed()) ++failures;
        if (arguments.as_json)
            all.push_back(to_json(run));
        else
            print_text(pipeline, run, width);
    }
    if (arguments.as_json)
        print(json::object{{"file", pipeline.source.name}, {"tests", std::move(all)}});
    if (failures > 0) print_note("{} of {} tests failed\n", failures, chosen.size());
    return failures > 0 ? failed : ok;
}

}  // namespace

void add_test(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<TestArguments>();
    auto* command = app.add_subcommand(
        "test",
        "Runs the tests of a pipeline file: runs with injected faults that skip all waiting");
    arguments->add_to(*command);
    command->add_option("NAME", arguments->names, "Tests to run; default: all");
    command->add_option("--threads", arguments->threads, "Threads; default: all cores")
        ->check(whole_between(1, 1024));
    command->add_flag("--json", arguments->as_json, "Print the results as JSON");
    command->callback([arguments, &exit_code] { exit_code = test(*arguments); });
}

}  // namespace trommel::cli
