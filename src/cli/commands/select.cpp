#include "cli/commands/commands.hpp"
#include "cli/output/examples_first.hpp"
#include "cli/process/stop_by_signal.hpp"
#include "cli/select/select_run.hpp"
#include "cli/settings/number_range.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace trommel::cli {
namespace {

constexpr auto examples = R"(  trommel select --embeddings pool.npy --n 1000 --output picks.csv
  trommel select --embeddings pool.npy --strategy typiclust --n 20 --output picks.csv
  trommel select --embeddings pool.csv --strategy coral --scores s.csv --n 100 --output picks.csv
  trommel select --embeddings pool.npy --preselected done.txt --min-distance 0.1 --output picks.npy
)";

constexpr std::size_t line_width = 96;
constexpr auto input = "Input";
constexpr auto choice = "How to choose";
constexpr auto output = "Output";

/// The names of all strategies, in lines of a screen.
std::string all_strategies() {
    std::string text = "Strategies ('--help --strategy NAME' explains one):\n";
    std::string line = " ";
    for (const auto& strategy : selection::strategies()) {
        if (line.size() + 1 + strategy.name.size() > line_width) {
            text += line + '\n';
            line = " ";
        }
        line += fmt::format(" {}", strategy.name);
    }
    return text + line + '\n';
}

std::string option_of(std::string name) {
    std::ranges::replace(name, '_', '-');
    return "--" + name;
}

std::string line_of(const selection::StrategySetting& setting) {
    auto words = selection::words_of(setting);
    if (setting.name == "first") words.emplace_back("or a sample");
    return fmt::format("  {:28}{}{}{}\n",
                       option_of(std::string(setting.name)) +
                           (selection::is_needed(setting) ? std::string(" REQUIRED")
                                                          : '=' + selection::value_of({}, setting)),
                       setting.help,
                       words.empty() ? "" : " One of: ",
                       fmt::join(words, ", "));
}

/// One strategy: what it does, who describes it, and the options that it alone takes.
std::string strategy_help(const selection::Strategy& strategy) {
    auto text = fmt::format(
        "Strategy {}: {}.\n  Source: {}\n", strategy.name, strategy.summary, strategy.source);
    for (const auto& name : selection::settings_for(strategy.name))
        text += line_of(*selection::find_strategy_setting(name));
    return text;
}

/// One option for each setting of the strategies; the help of a strategy lists them.
void add_settings(CLI::App& command, selection::StrategySettings& settings) {
    for (const auto& setting : selection::strategy_settings()) {
        const std::string name(setting.name);
        command.add_option(option_of(name), settings[name], std::string(setting.help))->group("");
    }
}

void add_inputs(CLI::App& command, SelectArguments& arguments) {
    const auto file = [&](const char* name, auto& value, const char* help) {
        return command.add_option(name, value, help)->type_name("FILE")->group(input);
    };
    file("--embeddings", arguments.embeddings, "Embeddings: .npy, or Lightly's .csv")->required();
    file("--preselected",
         arguments.preselected,
         "Samples chosen before: one name or row number per line");
    file("--scores", arguments.scores, "Scores, higher is better: .csv by name, or .npy by row");
    command.add_option("--score", arguments.score, "Score column for score-based strategies")
        ->type_name("COLUMN")
        ->group(input);
    file("--probabilities",
         arguments.probabilities,
         "Class probabilities for badge: .npy, one row per embedding");
    file("--query", arguments.query, "Samples to be similar to, for similarity: one per line");
}

void add_choice(CLI::App& command, SelectArguments& arguments) {
    const auto add = [&](const char* name, auto& value, const char* type, const char* help) {
        return command.add_option(name, value, help)->type_name(type)->group(choice);
    };
    add("--strategy", arguments.strategy, "NAME", "How to choose")->capture_default_str();
    add("--n", arguments.count, "COUNT", "Number of samples to add")->check(whole_from(1));
    add("--proportion", arguments.proportion, "SHARE", "Share of the other samples, 0 to 1")
        ->check(a_share());
    add("--min-distance", arguments.min_distance, "DISTANCE", "Stop before a closer sample")
        ->check(number_from(0));
    add("--goal",
        arguments.goals,
        "GOAL",
        "Goal of combined or balance; repeat it for more:\n"
        "diversity, typicality, weights=FILE[:COLUMN],\n"
        "similarity=FILE, balance=FILE; each with ^STRENGTH")
        ->allow_extra_args(false);
    add("--target",
        arguments.target,
        "TARGET",
        "Target of balance: uniform (default), input or CATEGORY=RATIO,…");
    add("--threshold",
        arguments.thresholds,
        "BOUND",
        "Exclude samples outside the bound:\nFILE[:COLUMN]>=NUMBER or <=; may be repeated")
        ->allow_extra_args(false);
    add("--seed", arguments.seed, "NUMBER", "Random seed")
        ->check(whole_from(0))
        ->capture_default_str();
    add("--round", arguments.round, "NUMBER", "Round of that seed, as pipelines count rounds")
        ->check(whole_from(0))
        ->capture_default_str();
    add_settings(command, arguments.settings);
}

void add_output(CLI::App& command, SelectArguments& arguments) {
    command.add_option("--output", arguments.output, "Picks, .csv or .npy, in order of choosing")
        ->required()
        ->type_name("FILE")
        ->group(output);
    command.add_flag("--explain", arguments.explains, "Print why each sample was chosen")
        ->group(output);
    command.add_flag("--json", arguments.as_json, "Print the picks as JSON")->group(output);
    command.add_option("--threads", arguments.threads, "Threads; default: all cores")
        ->check(whole_between(1, 1024))
        ->type_name("COUNT")
        ->group(output);
    command.add_option("--memory", arguments.memory, "Most memory to use, such as 2GiB")
        ->type_name("SIZE")
        ->group(output);
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
    auto* command = app.add_subcommand("select", "Chooses samples by their embeddings and scores");
    command->formatter(std::make_shared<ExamplesFirst>(examples));
    command->get_help_ptr()->group("");
    add_inputs(*command, *arguments);
    add_choice(*command, *arguments);
    add_output(*command, *arguments);
    command->footer([=] {
        const auto* strategy = selection::find_strategy(arguments->strategy);
        const bool is_asked = command->count("--strategy") > 0 && strategy != nullptr;
        return is_asked ? strategy_help(*strategy) : all_strategies();
    });
    command->callback([=] { select(*arguments); });
}

}  // namespace trommel::cli
