#include "trommel/selection/select.hpp"

#include "cli/commands/commands.hpp"
#include "cli/commands/select_files.hpp"
#include "cli/commands/select_goals.hpp"
#include "cli/json_output.hpp"
#include "cli/number_range.hpp"
#include "cli/output.hpp"
#include "cli/pick_line.hpp"
#include "cli/stop_by_signal.hpp"
#include "cli/terminal.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/machine.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/selection/ending.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <thread>

namespace trommel::cli {
namespace {

namespace json = boost::json;
using selection::Pick;
using SteadyClock = std::chrono::steady_clock;

constexpr auto examples = R"(Examples:
  trommel select --embeddings images.npy --n 1000 --output picks.csv
  trommel select --embeddings images.csv --strategy coral --scores scores.csv --score uncertainty_margin --n 100 --output picks.csv
  trommel select --embeddings images.npy --strategy typiclust --neighbors 10 --n 20 --output picks.csv
  trommel select --embeddings images.npy --strategy similarity --query wanted.txt --n 100 --output picks.csv
  trommel select --embeddings images.npy --strategy combined --goal diversity --goal balance=weather.csv --threshold 'blur.csv<=0.4' --n 100 --output picks.csv
  trommel select --embeddings images.npy --preselected labelled.txt --min-distance 0.1 --output picks.npy
)";

struct Arguments {
    std::filesystem::path embeddings{};
    std::string strategy = "coreset";
    std::optional<std::size_t> count{};
    std::optional<double> proportion{};
    std::optional<double> min_distance{};
    std::filesystem::path preselected{};
    std::filesystem::path probabilities{};
    std::filesystem::path scores{};
    std::string score{};
    std::uint64_t seed = 0;
    std::string memory{};  ///< `2GiB`; empty: all that there is
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    selection::StrategySettings settings{};  ///< as they were typed
    std::filesystem::path query{};
    std::vector<std::string> goals{};
    std::string target{};
    std::vector<std::string> thresholds{};
    std::filesystem::path output{};
    bool explains = false;
    bool as_json = false;
};

/// What is selected from, and what was selected.
struct Selection {
    Arguments arguments;
    const selection::Strategy& strategy;
    Probabilities probabilities{};
    EmbeddingFile embeddings;
    std::vector<SampleIndex> candidates{};
    std::vector<SampleIndex> preselected{};
    std::vector<double> scores{};
    std::vector<SampleIndex> query{};
    std::unique_ptr<SelectGoals> goals{};
    selection::StrategyOptions options{};
    std::vector<Pick> picks{};
    selection::Ending ending = selection::Ending::wanted;
    double seconds = 0;
    std::optional<double> recall{};                 ///< of an approximate search, the least of all
    std::optional<selection::Coverage> coverage{};  ///< of an approximate strategy

    std::size_t open() const;
    std::size_t wanted() const { return std::min(open(), arguments.count.value_or(open())); }
};

std::size_t Selection::open() const { return candidates.size() - preselected.size(); }

void check(const Arguments& arguments) {
    if (!arguments.count && !arguments.proportion && !arguments.min_distance)
        throw ConfigError("nothing bounds the selection: give --n, --proportion or --min-distance");
    const auto* strategy = selection::find_strategy(arguments.strategy);
    if (strategy != nullptr && strategy->needs_probabilities && arguments.probabilities.empty())
        throw ConfigError(
            fmt::format("--strategy {} goes by probabilities of classes: give --probabilities",
                        arguments.strategy));
    const bool has_number = arguments.count || arguments.proportion;
    if (strategy != nullptr && !selection::missing_number(*strategy, has_number).empty())
        throw ConfigError(selection::missing_number(*strategy, has_number) +
                          " by --n or --proportion");
    const auto extension = arguments.output.extension();
    if (extension == ".csv" || extension == ".npy") return;
    throw ConfigError(
        fmt::format("--output {}: the name must end in .csv or .npy", arguments.output.string()));
}

/// Whether what the strategy goes by is given, and nothing that it does not look at.
void check_inputs(const selection::Strategy& strategy, const Arguments& arguments) {
    const auto refuse = [&](std::string_view why) {
        throw ConfigError(fmt::format("--strategy {} {}", arguments.strategy, why));
    };
    if (strategy.needs_scores && arguments.scores.empty()) refuse("goes by scores: give --scores");
    const bool is_similarity = strategy.name == "similarity";
    if (is_similarity && arguments.query.empty())
        refuse("needs samples to be near to: give --query");
    if (!is_similarity && !arguments.query.empty()) refuse("does not look at --query");
    const bool has_goals = strategy.name == "combined" || strategy.name == "balance";
    if (has_goals && arguments.goals.empty()) refuse("needs to know what for: give --goal");
    if (!has_goals && !arguments.goals.empty()) refuse("does not look at --goal; combined does");
}

const selection::Strategy& strategy_of(const Arguments& arguments) {
    const auto* strategy = selection::find_strategy(arguments.strategy);
    if (strategy == nullptr) {
        std::vector<std::string> names;
        for (const auto& other : selection::strategies()) names.emplace_back(other.name);
        throw ConfigError(fmt::format("--strategy {}: there is no such strategy; {}",
                                      arguments.strategy,
                                      meant_or_all(arguments.strategy, names)));
    }
    check_inputs(*strategy, arguments);
    return *strategy;
}

/// What stands behind `--first` is a sample where it is no word for one.
bool is_sample(const std::string& first) {
    const auto words = selection::words_of(*selection::find_strategy_setting("first"));
    return std::ranges::count(words, first) == 0;
}

selection::StrategyOptions options_of(const Arguments& arguments, const EmbeddingFile& embeddings) {
    selection::StrategyChoice choice{.name = arguments.strategy, .settings = {}};
    std::optional<SampleIndex> first;
    for (const auto& [name, value] : arguments.settings) {
        if (value.empty()) continue;
        const bool calls_sample = name == "first" && is_sample(value);
        if (calls_sample) first = embeddings.find(value, "--first");
        choice.settings.emplace(name, calls_sample ? "first" : value);
    }
    try {
        selection::checked(choice);
        auto options = selection::options_of(choice);
        options.objective.first_sample = first;
        options.threads = arguments.threads;
        return options;
    } catch (const DataError& error) {
        throw ConfigError(fmt::format("--strategy {}: {}", arguments.strategy, error.what()));
    }
}

Selection read(const Arguments& arguments) {
    Selection selection{.arguments = arguments,
                        .strategy = strategy_of(arguments),
                        .embeddings = EmbeddingFile(arguments.embeddings)};
    selection.options = options_of(arguments, selection.embeddings);
    selection.candidates.resize(selection.embeddings.rows().count);
    std::iota(selection.candidates.begin(), selection.candidates.end(), SampleIndex{0});
    if (!arguments.preselected.empty())
        selection.preselected = read_samples(arguments.preselected, selection.embeddings);
    if (!arguments.query.empty())
        selection.query = read_samples(arguments.query, selection.embeddings);
    selection.options.query = selection.query;
    if (!arguments.scores.empty())
        selection.scores = read_scores(arguments.scores, arguments.score, selection.embeddings);
    if (arguments.count && *arguments.count > selection.open()) {
        throw DataError(fmt::format("--n is {}, but there are {} samples to choose from",
                                    *arguments.count,
                                    selection.open()));
    }
    return selection;
}

/// The rest of what the strategy looks at, and what the proportion is in samples.
void complete(Selection& selection) {
    auto& arguments = selection.arguments;
    if (arguments.proportion) {
        arguments.count = selection::most_picks(
            {.picks = arguments.count, .proportion = arguments.proportion}, selection.open());
    }
    if (!arguments.probabilities.empty())
        selection.probabilities = read_probabilities(arguments.probabilities, selection.embeddings);
    selection.goals = std::make_unique<SelectGoals>(selection.embeddings);
    for (const auto& goal : arguments.goals) selection.goals->add_goal(goal);
    if (!arguments.target.empty()) selection.goals->set_target(arguments.target);
    for (const auto& threshold : arguments.thresholds) selection.goals->add_threshold(threshold);
    selection.options.goals = selection.goals->goals();
    selection.options.thresholds = selection.goals->thresholds();
}

/// Bytes beside the embeddings, which are mapped where they are in single precision.
std::size_t memory_of(const Selection& selection) {
    const auto rows = selection.embeddings.rows();
    selection::Extent extent{.candidates = selection.candidates.size(),
                             .dimensions = rows.dimensions,
                             .picks = selection.wanted(),
                             .preselected = selection.preselected.size(),
                             .rows = rows.count,
                             .classes = selection.probabilities.cols(),
                             .query = selection.query.size(),
                             .is_widened = rows.precision != selection::Precision::f32};
    for (const auto& goal : selection.options.goals) {
        extent.query += goal.query.size();
        if (goal.distribution.shares != nullptr)
            extent.classes = std::max(extent.classes, goal.distribution.shares->cols());
    }
    if (selection.strategy.name == "prob_cover") extent.pairs = extent.candidates;
    const std::size_t a_line = selection.arguments.as_json ? 640 : 128;
    return selection::memory_bound(selection.strategy, selection.options, extent) +
           extent.picks * a_line;
}

std::size_t allowed_memory(const Arguments& arguments) {
    if (arguments.memory.empty()) return machine_memory();
    const auto bytes = parse_bytes(arguments.memory);
    if (!bytes)
        throw ConfigError(fmt::format("--memory {}: {}", arguments.memory, bytes.problem()));
    return *bytes;
}

void check_memory(const Selection& selection) {
    const auto needed = memory_of(selection);
    const auto allowed = allowed_memory(selection.arguments);
    if (is_terminal(stderr)) {
        const auto rows = selection.embeddings.rows();
        print_note("  {} embeddings of {} numbers; {} {} beside them\n",
                   with_commas(rows.count),
                   rows.dimensions,
                   selection.strategy.name == "prob_cover" ? "at least" : "at most",
                   in_mebibytes(needed));
    }
    if (needed <= allowed) return;
    throw DataError(
        fmt::format("--strategy {} takes up to {} of memory beside the embeddings, and there are "
                    "{}; choose from fewer samples, fewer of them, or by another strategy",
                    selection.arguments.strategy,
                    in_mebibytes(needed),
                    in_mebibytes(allowed)));
}

const Probabilities* given(const Probabilities& probabilities) {
    return probabilities.rows() > 0 ? &probabilities : nullptr;
}

void choose(Selection& selection, std::stop_token cancelled) {
    check_memory(selection);
    const auto& arguments = selection.arguments;
    const auto begin = SteadyClock::now();
    PickLine line(selection.wanted());
    auto options = selection.options;
    options.recalled = [&](double share) {
        selection.recall = std::min(share, selection.recall.value_or(1));
    };
    options.covered = [&](const selection::Coverage& coverage) { selection.coverage = coverage; };
    const selection::Task task{
        .pool = {.candidates = selection.candidates,
                 .preselected = selection.preselected,
                 .scores = selection.scores,
                 .rows = selection.embeddings.rows(),
                 .probabilities = given(selection.probabilities)},
        .stop = {.picks = arguments.count, .min_distance = arguments.min_distance.value_or(-1)},
        .random = Random(arguments.seed, 0, "sample"),
        .progress = {.picked = [&](const Pick&) { line.show(); },
                     .cancelled = std::move(cancelled)},
        .options = std::move(options)};
    try {
        selection.picks = selection::select(selection.strategy, task);
    } catch (const DataError&) {
        selection.embeddings.check_finite();  // which names the place
        throw;
    }
    selection.embeddings.check();
    selection.ending = selection::ending_of(task, selection.picks.size());
    selection.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

/// Why there are no more picks.
std::string end_of(const Selection& selection) {
    if (selection.ending == selection::Ending::strategy)
        return fmt::format("{} finds no other worth choosing", selection.strategy.name);
    if (selection.ending != selection::Ending::min_distance)
        return selection::describe(selection.ending);
    return fmt::format("the next would be nearer than {} to a chosen one",
                       shortest(*selection.arguments.min_distance));
}

/// How near what was approximated is to the exact thing; empty where nothing was.
std::string approximation_of(const Selection& selection) {
    std::string text;
    if (selection.recall)
        text += fmt::format("; {:.1f} % of nearest samples found", 100 * *selection.recall);
    if (selection.coverage)
        text += fmt::format("; radius {}, at most {:.2f} times the least possible",
                            shortest(selection.coverage->radius),
                            selection.coverage->radius_ratio);
    return text;
}

json::object to_json(const Pick& pick, const EmbeddingFile& embeddings) {
    json::object object{{"sample", pick.sample}, {"name", embeddings.name(pick.sample)}};
    if (pick.score) object["score"] = *pick.score;
    if (pick.distance) object["distance"] = *pick.distance;
    if (pick.nearest) object["nearest"] = embeddings.name(*pick.nearest);
    return object;
}

void print_json(const Selection& selection) {
    json::array picks;
    for (const auto& pick : selection.picks) picks.push_back(to_json(pick, selection.embeddings));
    json::object object{{"output", selection.arguments.output.string()},
                        {"strategy", selection.arguments.strategy},
                        {"seconds", selection.seconds},
                        {"memory", memory_of(selection)},
                        {"end", end_of(selection)},
                        {"ending", selection::to_string(selection.ending)}};
    if (selection.recall) object["recall"] = *selection.recall;
    if (selection.coverage) {
        object["radius"] = selection.coverage->radius;
        object["radius_ratio"] = selection.coverage->radius_ratio;
    }
    object["picks"] = std::move(picks);
    print(object);
}

void print_text(const Selection& selection) {
    if (selection.arguments.explains) {
        print_result("{}: {}\n  after {}\n",
                     selection.strategy.name,
                     selection.strategy.summary,
                     selection.strategy.source);
        print_result("{}", picks_as_csv(selection.picks, selection.embeddings));
    }
    print_result("{}: {} picks in {:.3f} s; {}{}\n",
                 selection.arguments.output.string(),
                 with_commas(selection.picks.size()),
                 selection.seconds,
                 end_of(selection),
                 approximation_of(selection));
}

void run(const Arguments& arguments) {
    check(arguments);
    const StopBySignal signals;
    auto selection = read(arguments);
    complete(selection);
    choose(selection, signals.token());
    write_picks(arguments.output, selection.picks, selection.embeddings);
    if (arguments.as_json) {
        print_json(selection);
    } else {
        print_text(selection);
    }
}

std::string strategies_help() {
    std::string text = "Strategies:\n";
    for (const auto& strategy : selection::strategies())
        text += fmt::format("  {:20} {}\n", strategy.name, strategy.summary);
    return text;
}

/// `--radius FLOAT` and so on, one for each row of the table.
void add_settings(CLI::App& command, selection::StrategySettings& settings) {
    for (const auto& setting : selection::strategy_settings()) {
        std::string name(setting.name);
        auto& value = settings[name];
        std::ranges::replace(name, '_', '-');
        std::vector<std::string_view> strategies;
        for (const auto strategy : setting.strategies)
            if (!strategy.empty()) strategies.push_back(strategy);
        auto words = selection::words_of(setting);
        if (setting.name == "first") words.emplace_back("or a sample");
        const auto help =
            fmt::format("{}: {} {}({})",
                        fmt::join(strategies, ", "),
                        setting.help,
                        words.empty() ? "" : fmt::format("{} ", fmt::join(words, ", ")),
                        setting.needed_by == strategies.front() ? std::string("needed")
                                                                : selection::value_of({}, setting));
        command.add_option("--" + name, value, help);
    }
}

/// What is selected from, how much of it, and by what.
void add_inputs(CLI::App& command, Arguments& arguments) {
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
    command.add_option("--threads", arguments.threads, "How many compute (all cores)")
        ->check(whole_between(1, 1024));
    command.add_option(
        "--memory",
        arguments.memory,
        "Fail at once where the selection may take more, such as 2GiB (all that there is)");
}

/// What the strategies are told.
void add_objectives(CLI::App& command, Arguments& arguments) {
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

}  // namespace

void add_select(CLI::App& app) {
    auto arguments = std::make_shared<Arguments>();
    auto* command =
        app.add_subcommand("select", "Selects samples by embeddings and scores of files");
    command->footer(examples + ("\n" + strategies_help()));
    add_inputs(*command, *arguments);
    add_objectives(*command, *arguments);
    command->add_option("--output", arguments->output, "FILE.csv or .npy, in the order of choosing")
        ->required();
    command->add_flag("--explain", arguments->explains, "Print why each was chosen");
    command->add_flag("--json", arguments->as_json, "Print the picks as JSON");
    command->callback([=] { run(*arguments); });
}

}  // namespace trommel::cli
