#include "trommel/predictions/score.hpp"

#include "cli/commands/commands.hpp"
#include "cli/output/examples_first.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "cli/output/terminal.hpp"
#include "cli/settings/number_range.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/scoring/score_type.hpp"
#include "trommel/stages/scores/score_files.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

namespace trommel::cli {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using stages::ScoreOutput;

constexpr auto redraw_every = 200ms;
constexpr auto next_line = 10s;  ///< where lines cannot be drawn over

constexpr auto score_examples =
    R"(  trommel score --task classification --input probs.npy --names names.txt --output scores.csv
  trommel score --task object-detection --input detections.jsonl.gz --output scores.jsonl
  trommel score --task semantic-segmentation --input masks.jsonl --output scores.csv
  trommel score --task keypoint-detection --input keypoints.jsonl --output scores.csv
)";

struct ScoreArguments {
    std::string task{};
    std::vector<std::filesystem::path> inputs{};
    std::string format = "auto";
    std::filesystem::path names{};
    std::vector<std::string> scores{};
    std::vector<std::string> config{};
    std::filesystem::path output{};
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    bool as_json = false;
};

ScoreOutput output_format(const std::filesystem::path& output) {
    const auto extension = output.extension();
    if (extension == ".csv") return ScoreOutput::csv;
    if (extension == ".jsonl") return ScoreOutput::jsonl;
    if (extension == ".npy") return ScoreOutput::npy;
    throw ConfigError(
        fmt::format("--output {}: the name must end in .csv, .jsonl or .npy", output.string()));
}

stages::ScoreRequest request_of(const ScoreArguments& arguments) {
    stages::ScoreRequest request{.task = *scoring::find_task(arguments.task),
                                 .inputs = arguments.inputs,
                                 .format = predictions::find_format(arguments.format),
                                 .names = arguments.names,
                                 .scores = arguments.scores,
                                 .config = {},
                                 .output = arguments.output,
                                 .output_format = output_format(arguments.output),
                                 .threads = arguments.threads};
    for (const auto& setting : arguments.config) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos)
            throw ConfigError(fmt::format("--config {}: write name=value", setting));
        request.config.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
    }
    return request;
}

double seconds_since(SteadyClock::time_point begin) {
    return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

/// One line on a terminal, drawn over; elsewhere a line now and then.
class ScoreLine {
public:
    ~ScoreLine() {
        if (is_open_) print_progress("\r\033[K");
    }
    ScoreLine() = default;
    ScoreLine(const ScoreLine&) = delete;
    ScoreLine& operator=(const ScoreLine&) = delete;

    void show(const stages::ScoreProgress& progress) {
        if (SteadyClock::now() - drawn_ <
            (is_live_ ? SteadyClock::duration(redraw_every) : next_line))
            return;
        if (progress.is_counting != was_counting_) begin_ = SteadyClock::now();
        was_counting_ = progress.is_counting;
        drawn_ = SteadyClock::now();
        const double took = seconds_since(begin_);
        auto line = fmt::format("  {}{} samples, {:.0f}/s",
                                progress.is_counting ? "counting objects: " : "",
                                with_commas(progress.samples),
                                static_cast<double>(progress.samples) / std::max(took, 1e-3));
        if (progress.fraction && *progress.fraction > 0)
            line += fmt::format(", {:.0f} %, {:.0f} s left",
                                100 * *progress.fraction,
                                took / *progress.fraction * (1 - *progress.fraction));
        if (is_live_)
            print_progress("\r\033[K{}", cut(line, terminal_width() - 1));
        else
            print_progress("{}\n", line);
        is_open_ = is_live_;
    }

private:
    bool is_live_ = is_terminal(stderr);
    bool is_open_ = false;
    bool was_counting_ = false;
    SteadyClock::time_point begin_ = SteadyClock::now();
    SteadyClock::time_point drawn_ = is_live_ ? SteadyClock::time_point() : SteadyClock::now();
};

json::object to_json(const stages::ScoreSummary& summary,
                     const ScoreArguments& arguments,
                     double took) {
    json::array columns;
    for (const auto& column : summary.columns)
        columns.push_back({{"name", column.name},
                           {"min", column.lowest},
                           {"mean", column.mean},
                           {"max", column.highest}});
    json::array reasons;
    for (const auto& reason : summary.first_invalid) reasons.emplace_back(reason);
    return {{"output", arguments.output.string()},
            {"task", arguments.task},
            {"samples", summary.samples},
            {"invalid", summary.invalid},
            {"first_invalid", std::move(reasons)},
            {"seconds", took},
            {"scores", std::move(columns)}};
}

void print_table(const stages::ScoreSummary& summary,
                 const ScoreArguments& arguments,
                 double took) {
    print_result("{}: {} samples in {:.3f} s\n",
                 arguments.output.string(),
                 with_commas(summary.samples),
                 took);
    for (const auto& column : summary.columns)
        print_result("  {:28}  min {:.4f}  mean {:.4f}  max {:.4f}\n",
                     column.name,
                     column.lowest,
                     column.mean,
                     column.highest);
    if (summary.invalid == 0) return;
    print_result("  {} could not be scored:\n", with_commas(summary.invalid));
    for (const auto& reason : summary.first_invalid) print_result("    {}\n", reason);
}

void run(const ScoreArguments& arguments) {
    const auto begin = SteadyClock::now();
    const auto request = request_of(arguments);
    const auto summary = [&] {
        ScoreLine line;
        return stages::score_files(
            request, [&](const stages::ScoreProgress& progress) { line.show(progress); });
    }();
    if (arguments.as_json)
        print(to_json(summary, arguments, seconds_since(begin)));
    else
        print_table(summary, arguments, seconds_since(begin));
}

std::vector<std::string> task_names() {
    std::vector<std::string> names;
    for (const auto task : scoring::all_tasks) names.emplace_back(scoring::to_string(task));
    return names;
}

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const auto& format : predictions::formats()) names.emplace_back(format.name);
    return names;
}

std::vector<std::string> format_choices() {
    auto names = format_names();
    names.emplace_back("auto");
    return names;
}

std::string_view record_of(scoring::Task task) {
    switch (task) {
        case scoring::Task::classification:
            return R"({"file_name": "a.jpg", "probabilities": [0.1, 0.9]})";
        case scoring::Task::object_detection:
            return R"({"file_name": "a.jpg", "predictions": [{"category_id": 1, "bbox": [x, y, w, h], "score": 0.9}]})";
        case scoring::Task::semantic_segmentation:
            return R"({"file_name": "a.jpg", "probabilities": [[[0.1, 0.9]]]}, by width, height and class)";
        case scoring::Task::keypoint_detection:
            return R"({"file_name": "a.jpg", "predictions": [{"keypoints": [x, y, confidence]}]})";
    }
    return {};
}

/// The scores, the settings and a record of one task.
std::string task_help(scoring::Task task) {
    auto text = fmt::format("A record of JSON Lines:\n  {}\n\nScores of {} (* by default):\n",
                            record_of(task),
                            scoring::to_string(task));
    for (const auto& type : scoring::score_types())
        if (type.task() == task)
            text += fmt::format("  {:28}{} {:18} {}{}\n",
                                type.name,
                                type.is_lightlys ? '*' : ' ',
                                type.range,
                                type.paper,
                                type.needs_committee() ? "; needs several models" : "");
    text += "\nSettings for --config:\n";
    for (const auto& [name, help] : predictions::score_settings(task))
        text += fmt::format("  {:18} {}\n", name, help);
    return text;
}

std::string help_after_options(const std::string& task) {
    if (const auto asked = scoring::find_task(task)) return task_help(*asked);
    return "'--help --task TASK' shows the scores, settings and records of a task.\n";
}

}  // namespace

void add_score(CLI::App& app) {
    auto arguments = std::make_shared<ScoreArguments>();
    auto* command = app.add_subcommand("score", "Scores predictions of files, without a pipeline");
    command->formatter(std::make_shared<ExamplesFirst>(score_examples));
    command->get_help_ptr()->group("");
    command->footer([=] { return help_after_options(arguments->task); });
    command
        ->add_option(
            "--task",
            arguments->task,
            "classification, object-detection,\nsemantic-segmentation or keypoint-detection")
        ->required()
        ->check(CLI::IsMember(task_names()).description(""))
        ->type_name("TASK")
        ->group("Input");
    command->add_option("--input", arguments->inputs, "Prediction files or folders")
        ->required()
        ->type_name("PATH")
        ->group("Input");
    command
        ->add_option(
            "--format",
            arguments->format,
            fmt::format("auto (by the name), or one of\n{}", fmt::join(format_names(), ", ")))
        ->check(CLI::IsMember(format_choices()).description(""))
        ->capture_default_str()
        ->type_name("FORMAT")
        ->group("Input");
    command
        ->add_option("--names", arguments->names, "File names for the rows of arrays, one per line")
        ->type_name("FILE")
        ->group("Input");
    command
        ->add_option(
            "--score", arguments->scores, "Scores to compute; default: Lightly's of the task")
        ->type_name("NAME")
        ->group("How to score");
    command->add_option("--config", arguments->config, "Settings")
        ->type_name("NAME=VALUE")
        ->group("How to score");
    command->add_option("--output", arguments->output, "Scores: .csv, .jsonl or .npy")
        ->required()
        ->type_name("FILE")
        ->group("Output");
    command->add_flag("--json", arguments->as_json, "Print the summary as JSON")->group("Output");
    command->add_option("--threads", arguments->threads, "Threads; default: all cores")
        ->check(whole_between(1, 1024))
        ->type_name("COUNT")
        ->group("Output");
    command->callback([=] { run(*arguments); });
}

}  // namespace trommel::cli
