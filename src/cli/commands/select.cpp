#include "cli/commands/commands.hpp"
#include "cli/process/stop_by_signal.hpp"
#include "cli/select/select_run.hpp"
#include "cli/settings/number_range.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace trommel::cli {
namespace {

constexpr auto examples = R"(Examples:
  trommel select --embeddings images.npy --n 1000 --output picks.csv
  trommel select --embeddings images.csv --strategy coral --scores scores.csv --score uncertainty_margin --n 100 --output picks.csv
  trommel select --embeddings images.npy --strategy typiclust --neighbors 10 --n 20 --output picks.csv
  trommel select --embeddings images.npy --strategy similarity --query wanted.txt --n 100 --output picks.csv
  trommel select --embeddings images.npy --strategy combined --goal diversity --goal balance=weather.csv --threshold 'blur.csv<=0.4' --n 100 --output picks.csv
  trommel select --embeddings images.npy --preselected labelled.txt --min-distance 0.1 --output picks.npy
)";

std::string strategies_help() {
    std::string text = "Strategies:\n";
    for (const auto& strategy : selection::strategies())
        text += fmt::format("  {:20} {}\n", strategy.name, strategy.summary);
    return text;
}

/// `--radius FLOAT` and so on, one for each option of the strategies.
void add_settings(CLI::App& command, selection::StrategySettings& settings) {
    for (const auto& setting : selection::strategy_settings()) {
        std::string name(setting.name);
        auto& value = settings[name];
        std::ranges::replace(name, '_', '-');
        auto words = selection::words_of(setting);
        if (setting.name == "first") words.emplace_back("or a sample");
        const auto help =
            fmt::format("{}: {} {}({})",
                        selection::strategies_of(setting),
                        setting.help,
                        words.empty() ? "" : fmt::format("{} ", fmt::join(words, ", ")),
                        selection::is_needed(setting) ? std::string("needed")
                                                      : selection::value_of({}, setting));
        command.add_option("--" + name, value, help);
    }
}

/// What is selected from, how much of it, and by what.
void add_inputs(CLI::App& command, SelectArguments& arguments) {
    command.add_option("--embeddings", arguments.embeddings, "FILE.npy, or Lightly's .csv")
        ->required();
    command.add_option("--strategy", arguments.strategy, "How to choose")->capture_default_str();
    command.add_option("--n", arguments.count, "How many samples to add")->check(whole_from(1));
    command
        .add_option("--proportion",
                    arguments.proportion,
                    "Or what share of those that are not preselected, 0 to 1")
        ->check(a_share());
    command
        .add_option(
            "--min-distance", arguments.min_distance, "Stop before a sample nearer to a chosen one")
        ->check(number_from(0));
    command.add_option("--preselected",
                       arguments.preselected,
                       "Samples chosen before, a name or row number a line");
    command.add_option(
        "--scores", arguments.scores, "Scores, higher is sooner: .csv by name, or .npy by row");
    command.add_option("--score", arguments.score, "Which column of them");
    command.add_option("--probabilities",
                       arguments.probabilities,
                       "Of the classes, for badge: .npy, a row for each embedding");
    command.add_option("--seed", arguments.seed, "Of what is random")
        ->check(whole_from(0))
        ->capture_default_str();
    command
        .add_option("--round", arguments.round, "Which round of that seed, as a pipeline counts")
        ->check(whole_from(0))
        ->capture_default_str();
    command.add_option("--threads", arguments.threads, "How many compute (all cores)")
        ->check(whole_between(1, 1024));
    command.add_option(
        "--memory",
        arguments.memory,
        "Fail at once where the selection may take more, such as 2GiB (all that there is)");
}

/// What the strategies are told.
void add_objectives(CLI::App& command, SelectArguments& arguments) {
    command.add_option("--query", arguments.query, "similarity: samples to be near to, as above");
    command
        .add_option("--goal",
                    arguments.goals,
                    "combined, balance: diversity, typicality, weights=FILE[:COLUMN], "
                    "similarity=FILE or balance=FILE, each perhaps ^STRENGTH; may be repeated")
        ->allow_extra_args(false);
    command.add_option("--target",
                       arguments.target,
                       "What balance is to come to: uniform, input, or CATEGORY=RATIO,… (uniform)");
    command
        .add_option("--threshold",
                    arguments.thresholds,
                    "Leave out what is beyond: FILE[:COLUMN]>=NUMBER or <=; may be repeated")
        ->allow_extra_args(false);
    add_settings(command, arguments.settings);
}

void select(const SelectArguments& arguments) {
    const StopBySignal signals;
    auto selection = read_selection(arguments);
    choose(selection, signals.token());
    write_picks(arguments.output, selection.picks, selection.embeddings);
    print_selection(selection);
}

}  // namespace

void add_select(CLI::App& app) {
    auto arguments = std::make_shared<SelectArguments>();
    auto* command =
        app.add_subcommand("select", "Selects samples by embeddings and scores of files");
    command->footer(examples + ("\n" + strategies_help()));
    add_inputs(*command, *arguments);
    add_objectives(*command, *arguments);
    command->add_option("--output", arguments->output, "FILE.csv or .npy, in the order of choosing")
        ->required();
    command->add_flag("--explain", arguments->explains, "Print why each was chosen");
    command->add_flag("--json", arguments->as_json, "Print the picks as JSON");
    command->callback([=] { select(*arguments); });
}

}  // namespace trommel::cli
