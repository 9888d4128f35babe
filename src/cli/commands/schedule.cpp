#include "cli/commands/commands.hpp"
#include "cli/commands/pipeline_arguments.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "cli/serving/schedule_words.hpp"
#include "cli/settings/number_range.hpp"
#include "trommel/pipeline/operations/schedule/scheduler.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct ScheduleArguments : PipelineArguments {
    std::size_t next = 5;
    std::string from{};
    std::filesystem::path data{};
    bool as_json = false;
    bool resume = false;

    ScheduleFile state_of(const Pipeline& pipeline) const {
        return ScheduleFile::of(data, pipeline.name);
    }
};

Instant begin_of(const ScheduleArguments& arguments, const Pipeline& pipeline) {
    if (arguments.from.empty()) return now();
    const auto from = parse_instant(arguments.from, pipeline.schedules.front().timezone);
    if (!from) throw ConfigError("--from: " + from.problem());
    return *from - std::chrono::milliseconds(1);  // a run at that very time is one of them
}

void print_text(const Pipeline& pipeline, const std::vector<UpcomingRun>& runs) {
    for (const auto& schedule : pipeline.schedules)
        print_result("# {}{}\n",
                     to_text(schedule),
                     schedule.jitter.count() == 0
                         ? ""
                         : fmt::format(", each up to {} later", to_text(schedule.jitter)));
    for (const auto& run : runs) {
        const bool one = pipeline.schedules.size() == 1;
        print_result("{:36}  {}{}\n",
                     wall_text(run.planned, run.schedule->timezone),
                     to_text(run.planned),
                     one ? "" : "  " + to_text(*run.schedule));
    }
}

void print_json(const Pipeline& pipeline, const std::vector<UpcomingRun>& runs, bool paused) {
    json::array next;
    for (const auto& run : runs)
        next.push_back({{"schedule", to_text(*run.schedule)},
                        {"local", wall_text(run.planned, run.schedule->timezone)},
                        {"utc", to_text(run.planned)},
                        {"begins", to_text(due_time(*run.schedule, pipeline.name, run.planned))}});
    print(json::object{{"pipeline", pipeline.name}, {"paused", paused}, {"next", std::move(next)}});
}

int show(const ScheduleArguments& arguments, const Pipeline& pipeline) {
    const auto runs =
        upcoming_runs(pipeline.schedules, begin_of(arguments, pipeline), arguments.next);
    const auto state = arguments.state_of(pipeline).load();
    const bool paused = state && state->paused;
    if (arguments.as_json)
        print_json(pipeline, runs, paused);
    else
        print_text(pipeline, runs);
    if (runs.size() < arguments.next)
        print_note("No more: the calendar of schedules ends with the year 2199.\n");
    if (paused)
        print_note("'{}' is paused; failed runs in a row: {}. Once that is mended: {}\n",
                   pipeline.name,
                   state->failures,
                   resume_command(arguments.file, arguments.data));
    return ok;
}

int resume_pipeline(const ScheduleArguments& arguments, const Pipeline& pipeline) {
    const auto file = arguments.state_of(pipeline);
    auto state = file.load();
    if (!state)
        throw ConfigError(
            fmt::format("'{}' was never served here, as there is no {}; give the --data that "
                        "'trommel serve' has",
                        pipeline.name,
                        file.path().string()));
    if (!state->paused) {
        print_result("'{}' is not paused\n", pipeline.name);
        return ok;
    }
    trommel::resume(*state, now());
    file.save(*state);
    print_result("'{}' goes on with its next run\n", pipeline.name);
    return ok;
}

int schedule(const ScheduleArguments& arguments) {
    const Pipeline pipeline = arguments.load(InputFiles::unchecked);
    if (pipeline.schedules.empty()) throw ConfigError(schedule_advice(arguments.file));
    return arguments.resume ? resume_pipeline(arguments, pipeline) : show(arguments, pipeline);
}

}  // namespace

void add_schedule(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<ScheduleArguments>();
    auto* command = app.add_subcommand(
        "schedule", "Shows when a pipeline runs next; resumes a paused schedule");
    arguments->add_to(*command);
    command->add_option("--next", arguments->next, "Number of runs to show; default: 5")
        ->check(whole_between(1, 100'000));
    command->add_option(
        "--from", arguments->from, "Show runs after this time, such as 2026-03-29T02:30");
    command->add_option(
        "--data", arguments->data, "Data folder of 'trommel serve'; default: this directory");
    command->add_flag("--resume", arguments->resume, "Resume a paused schedule");
    command->add_flag("--json", arguments->as_json, "Print the runs as JSON");
    command->callback([arguments, &exit_code] { exit_code = schedule(*arguments); });
}

}  // namespace trommel::cli
