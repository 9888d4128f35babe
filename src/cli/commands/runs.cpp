#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/operations/runs/run_files.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct RunsArguments {
    std::filesystem::path directory{"runs"};
    bool as_json = false;
};

/// What a list says of one run.
struct Line {
    std::string name{};
    std::string state = "unreadable";
    PartStatus main{};     ///< empty where nothing has begun or the run cannot be read
    std::string why{};     ///< it stopped, is finished or cannot be read
    std::string damage{};  ///< where it is damaged
};

Line line_of(const RunFiles& run) {
    Line line;
    line.name = run.path().filename().string();
    try {
        RunStatus status = run.status();
        line.state = to_string(status.state);
        line.why = std::move(status.why);
        line.damage = std::move(status.damage);
        if (!status.parts.empty()) line.main = std::move(status.parts.front());
    } catch (const Error& error) {
        line.why = error.what();
    }
    return line;
}

/// Its values, or why there are none.
std::string last_words(const Line& line) {
    std::string text;
    for (const auto& [metric, value] : line.main.values)
        text += fmt::format("  {} {:.4f}", metric, value);
    if (text.empty() && !line.why.empty()) text = "  " + line.why;
    return line.damage.empty() ? text : text + "  damaged: " + line.damage;
}

void print_table(const std::vector<Line>& lines) {
    std::size_t width = 3;
    for (const auto& line : lines) width = std::max(width, line.name.size());
    if (!lines.empty())
        print_result("{:<{}}  {:<11}  {:>6}  {:>8}\n", "run", width, "state", "rounds", "labels");
    for (const auto& line : lines)
        print_result("{:<{}}  {:<11}  {:>6}  {:>8}{}\n",
                     line.name,
                     width,
                     line.state,
                     line.main.rounds,
                     line.main.labels ? with_commas(*line.main.labels) : "-",
                     last_words(line));
    print_result("{} {}\n", with_commas(lines.size()), lines.size() == 1 ? "run" : "runs");
}

void print_json(const std::vector<Line>& lines) {
    json::array runs;
    for (const auto& line : lines) {
        json::object metrics;
        for (const auto& [metric, value] : line.main.values) metrics[metric] = value;
        json::object run{{"run", line.name},
                         {"state", line.state},
                         {"why", line.why},
                         {"damage", line.damage},
                         {"rounds", line.main.rounds},
                         {"labels", nullptr},
                         {"metrics", std::move(metrics)}};
        if (line.main.labels) run["labels"] = *line.main.labels;
        runs.push_back(std::move(run));
    }
    print(runs);
}

void runs_command(const RunsArguments& arguments) {
    std::vector<Line> lines;
    for (const auto& run : runs_in(arguments.directory)) lines.push_back(line_of(run));
    if (arguments.as_json)
        print_json(lines);
    else
        print_table(lines);
}

}  // namespace

void add_runs(CLI::App& app) {
    auto arguments = std::make_shared<RunsArguments>();
    auto* command = app.add_subcommand("runs", "Lists runs and their progress");
    command->add_option("DIR", arguments->directory, "Directory of the runs; default: runs");
    command->add_flag("--json", arguments->as_json, "Print it as JSON");
    command->callback([arguments] { runs_command(*arguments); });
}

}  // namespace trommel::cli
