#include "cli/commands/commands.hpp"
#include "cli/commands/pipeline_arguments.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "cli/output/sweep_progress.hpp"
#include "cli/settings/number_range.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/sweep/run.hpp"
#include "trommel/pipeline/operations/sweep/sweep_report.hpp"
#include "trommel/runtime/signals.hpp"

#include <CLI/CLI.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>
#include <thread>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct SweepArguments : PipelineArguments {
    SweepOptions options{};
    std::string metric{};
    std::optional<double> target{};
    bool as_json = false;
    bool quiet = false;
};

/// Runs the sweep on threads of its own while this one waits for signals: the first SIGINT or
/// SIGTERM rolls the rounds back that run, a second one kills.
SweepResult sweep_interruptibly(const SweepPlan& plan,
                                const SweepArguments& arguments,
                                SweepObserver& observer) {
    asio::io_context loop(1);
    std::stop_source stop;
    const auto watch = [&stop](asio::any_io_executor executor) -> asio::awaitable<void> {
        StopSignals interrupts(executor);
        co_await interrupts.next();
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        stop.request_stop();
    };
    asio::co_spawn(loop, watch(loop.get_executor()), [](const std::exception_ptr&) {});
    const auto guard = asio::make_work_guard(loop);

    std::optional<SweepResult> result;
    std::exception_ptr failure;
    std::jthread work([&] {
        try {
            result =
                run_sweep(plan, arguments.registry, arguments.options, observer, stop.get_token());
        } catch (...) {
            failure = std::current_exception();
        }
        loop.stop();
    });
    loop.run();
    work.join();
    if (failure) std::rethrow_exception(failure);
    return *std::move(result);
}

std::string chosen_metric(const SweepPlan& plan, const std::string& given) {
    if (plan.metrics.empty())
        throw ConfigError(plan.source.name + ": no stage measures anything that could be compared");
    const auto& known = plan.metrics;
    if (given.empty() && std::ranges::count(known, "accuracy") > 0) return "accuracy";
    if (given.empty() && known.size() == 1) return known.front();
    if (std::ranges::count(known, given) > 0) return given;
    throw ConfigError(fmt::format("--metric {}: give one of {}", given, fmt::join(known, ", ")));
}

void write(const std::filesystem::path& file, const std::string& content) {
    std::ofstream out(file, std::ios::binary);
    out << content;
    out.close();
    if (!out) throw Error(file.string() + ": cannot be written");
}

std::string p_value(const std::optional<double>& p) { return p ? fmt::format("{:.2g}", *p) : "-"; }

std::string labels_text(const Variant& variant) {
    if (variant.labels_to_target) return fmt::format("{:.0f}", *variant.labels_to_target);
    return variant.reached == 0 ? "never"
                                : fmt::format("never ({}/{})", variant.reached, variant.area.count);
}

void print_row(const SweepComparison& comparison, const Variant& variant, std::size_t width) {
    std::string line =
        fmt::format("{:<{}}  {:>5}  {:.4f}  {:>6}",
                    variant.name,
                    width,
                    variant.area.count,
                    variant.area.mean,
                    variant.area.margin ? fmt::format("{:.4f}", *variant.area.margin) : "-");
    if (variant.budget_area)
        line += fmt::format(
            "  {:.4f}  {:.4f}", variant.budget_area->mean, variant.budget_area->deviation);
    else
        line += fmt::format("  {:>6}  {:>6}", "-", "-");
    if (comparison.target) line += fmt::format("  {:>12}", labels_text(variant));
    if (variant.contrast) {
        const auto& record = variant.contrast->record;
        line += fmt::format("  {:>+8.4f}  {:>7}  {:>7}  {}/{}/{}",
                            variant.contrast->gain.mean,
                            p_value(variant.contrast->t_p_holm),
                            p_value(variant.contrast->wilcoxon_p_holm),
                            record.wins,
                            record.ties,
                            record.losses);
    }
    print_result("{}\n", line);
}

void print_table(const SweepComparison& comparison) {
    std::size_t width = 0;
    for (const auto& variant : comparison.variants) width = std::max(width, variant.name.size());
    std::string head = fmt::format("{:<{}}  {:>5}  {:>6}  {:>6}  {:>6}  {:>6}",
                                   "",
                                   width,
                                   "seeds",
                                   "area",
                                   "±95 %",
                                   "AUBC",
                                   "sd");
    if (comparison.target)
        head += fmt::format("  {:>12}", fmt::format("to {:.4f}", *comparison.target));
    if (comparison.has_baseline)
        head += fmt::format("  {:>8}  {:>7}  {:>7}  win/tie/loss", "gain", "p t", "p ranks");
    if (!comparison.variants.empty()) print_result("{}\n", head);
    for (const auto& variant : comparison.variants) print_row(comparison, variant, width);
    for (const auto& variant : comparison.variants)
        if (variant.contrast) print_result("{}\n", verdict_of(comparison, variant));
    for (const auto& note : comparison.notes) print_result("{}\n", note);
    print_result("{}\n", conclusion_of(comparison));
}

json::value number(const std::optional<double>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::object to_json(const SweepComparison& comparison, const Variant& variant) {
    json::object params;
    for (const auto& [name, value] : variant.params) params[name] = value;
    json::object fields{{"name", variant.name},
                        {"params", std::move(params)},
                        {"seeds", variant.area.count},
                        {"area", variant.area.mean},
                        {"area_margin_95", number(variant.area.margin)},
                        {"labels_to_target", number(variant.labels_to_target)},
                        {"reached_target", variant.reached}};
    if (variant.budget_area) fields["aubc"] = variant.budget_area->mean;
    if (!variant.contrast) return fields;
    fields["baseline"] = comparison.variants[variant.contrast->baseline].name;
    fields["gain"] = variant.contrast->gain.mean;
    fields["t_test_p_holm"] = number(variant.contrast->t_p_holm);
    fields["wilcoxon_p_holm"] = number(variant.contrast->wilcoxon_p_holm);
    fields["wins"] = variant.contrast->record.wins;
    fields["ties"] = variant.contrast->record.ties;
    fields["losses"] = variant.contrast->record.losses;
    fields["verdict"] = verdict_of(comparison, variant);
    return fields;
}

void print_json(const SweepPlan& plan,
                const SweepResult& result,
                const SweepComparison& comparison,
                const std::filesystem::path& directory) {
    json::array variants;
    for (const auto& variant : comparison.variants)
        variants.push_back(to_json(comparison, variant));
    json::array failures;
    for (std::size_t i = 0; i < plan.cells.size(); ++i)
        if (result.cells[i].state == CellState::failed)
            failures.push_back({{"cell", plan.cells[i].id}, {"error", result.cells[i].error}});
    print(json::object{{"directory", directory.string()},
                       {"cells", plan.cells.size()},
                       {"finished", result.count(CellState::finished)},
                       {"failed", std::move(failures)},
                       {"metric", comparison.metric},
                       {"target", number(comparison.target)},
                       {"ways", std::move(variants)},
                       {"conclusion", conclusion_of(comparison)}});
}

/// Says which cells failed; returns the exit code.
int end_of(const SweepPlan& plan,
           const SweepResult& result,
           const std::filesystem::path& directory) {
    if (result.interrupted)
        throw Interrupted(fmt::format("{} of {} cells are done; the same command goes on, in {}",
                                      plan.cells.size() - result.count(CellState::waiting),
                                      plan.cells.size(),
                                      directory.string()));
    for (std::size_t i = 0; i < plan.cells.size(); ++i)
        if (result.cells[i].state == CellState::failed)
            print_progress("{} failed: {}\n",
                           directory_of(directory, plan.cells[i]).string(),
                           result.cells[i].error);
    print_progress("{}: sweep.csv, comparison.csv, sweep.html\n", directory.string());
    return result.count(CellState::failed) > 0 ? failed : ok;
}

int sweep_command(SweepArguments arguments) {
    const SweepPlan plan =
        plan_sweep(arguments.file, arguments.registry, arguments.overrides(), InputFiles::checked);
    const std::string metric = chosen_metric(plan, arguments.metric);
    auto& directory = arguments.options.directory;
    if (directory.empty()) directory = std::filesystem::path("sweeps") / plan.name;

    SweepProgress progress(plan.rounds);
    SweepObserver silence;
    SweepObserver& observer = arguments.quiet ? silence : static_cast<SweepObserver&>(progress);
    const SweepResult result = sweep_interruptibly(plan, arguments, observer);
    const CellMeasurements cells = read_cells(plan, directory);
    const SweepComparison comparison = compare_cells(plan, cells, metric, arguments.target);
    write(directory / "sweep.csv", sweep_csv(plan, cells));
    write(directory / "comparison.csv", comparison_csv(plan, comparison));
    write(directory / "sweep.html", to_html(plan, comparison));
    if (arguments.as_json)
        print_json(plan, result, comparison, directory);
    else
        print_table(comparison);
    return end_of(plan, result, directory);
}

}  // namespace

void add_sweep(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<SweepArguments>();
    arguments->options.jobs = default_jobs();
    auto* command = app.add_subcommand(
        "sweep", "Runs every combination of a pipeline's matrix and compares them");
    arguments->add_to(*command);
    command->add_option("--dir",
                        arguments->options.directory,
                        "Sweep directory; default: sweeps/NAME.\nAn existing sweep resumes with "
                        "its unfinished cells");
    command
        ->add_option("--jobs", arguments->options.jobs, "Cells at a time; default: three per core")
        ->check(whole_between(1, 1024));
    command->add_flag("--retry-failed", arguments->options.retry_failed, "Run failed cells again");
    command->add_option(
        "--metric", arguments->metric, "Metric to compare, higher is better; default: accuracy");
    command->add_option("--target",
                        arguments->target,
                        "Count labels until the metric reaches this value;\ndefault: the last "
                        "value of the baseline");
    command->add_flag("--json", arguments->as_json, "Print the comparison as JSON");
    command->add_flag("--quiet", arguments->quiet, "Print no progress");
    command->callback([arguments, &exit_code] { exit_code = sweep_command(*arguments); });
}

}  // namespace trommel::cli
