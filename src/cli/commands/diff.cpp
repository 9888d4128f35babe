#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/pipeline/operations/runs/run_diff.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct DiffArguments {
    std::filesystem::path first{};
    std::filesystem::path second{};
    bool as_json = false;
};

std::string text_of(const std::optional<std::string>& text) { return text.value_or("-"); }
std::string text_of(const std::optional<double>& value) {
    return value ? fmt::format("{:.4f}", *value) : "-";
}

void print_settings(const RunDiff& diff) {
    for (const auto& setting : diff.settings)
        print_result(
            "{}: {} | {}\n", setting.path, text_of(setting.first), text_of(setting.second));
    if (diff.settings.empty()) print_result("The configurations are the same.\n");
}

void print_picks(const RunDiff& diff) {
    if (!diff.picks) {
        print_result("All picks are the same.\n");
        return;
    }
    print_result("Picks differ from round {}, rank {} on: {} | {}\n",
                 diff.picks->round,
                 diff.picks->rank,
                 text_of(diff.picks->first),
                 text_of(diff.picks->second));
    for (const auto& round : diff.overlaps)
        print_result("  round {:>3}: {} in common of {} | {}\n",
                     round.round,
                     round.common,
                     round.first,
                     round.second);
}

void print_metrics(const RunDiff& diff) {
    for (const auto& metric : diff.metrics) {
        print_result("{} after {} {}: {} | {}",
                     metric.metric,
                     metric.round,
                     metric.round == 1 ? "round" : "rounds",
                     text_of(metric.first),
                     text_of(metric.second));
        if (metric.first && metric.second)
            print_result("  {:+.4f}", *metric.second - *metric.first);
        print_result("\n");
    }
}

template <typename T>
json::value value_of(const std::optional<T>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::object to_json(const RunDiff& diff) {
    json::array settings;
    for (const auto& one : diff.settings)
        settings.push_back(
            {{"path", one.path}, {"first", value_of(one.first)}, {"second", value_of(one.second)}});
    json::array overlaps;
    for (const auto& one : diff.overlaps)
        overlaps.push_back({{"round", one.round},
                            {"common", one.common},
                            {"first", one.first},
                            {"second", one.second}});
    json::array metrics;
    for (const auto& one : diff.metrics)
        metrics.push_back({{"round", one.round},
                           {"metric", one.metric},
                           {"first", value_of(one.first)},
                           {"second", value_of(one.second)}});
    json::object all{{"same", diff.none()}, {"settings", std::move(settings)}};
    all["first_differing_pick"] = nullptr;
    if (diff.picks)
        all["first_differing_pick"] = {{"round", diff.picks->round},
                                       {"rank", diff.picks->rank},
                                       {"first", value_of(diff.picks->first)},
                                       {"second", value_of(diff.picks->second)}};
    all["overlaps"] = std::move(overlaps);
    all["metrics"] = std::move(metrics);
    return all;
}

void diff_command(const DiffArguments& arguments) {
    const RunDiff diff = compare_runs(RunFiles(arguments.first), RunFiles(arguments.second));
    if (arguments.as_json) {
        print(to_json(diff));
        return;
    }
    print_settings(diff);
    print_picks(diff);
    print_metrics(diff);
}

}  // namespace

void add_diff(CLI::App& app) {
    auto arguments = std::make_shared<DiffArguments>();
    auto* command = app.add_subcommand("diff", "Compares two runs: configuration, picks, metrics");
    command->add_option("RUN", arguments->first, "Run directory")->required();
    command->add_option("OTHER", arguments->second, "Another run directory")->required();
    command->add_flag("--json", arguments->as_json, "Print it as JSON");
    command->callback([arguments] { diff_command(*arguments); });
}

}  // namespace trommel::cli
