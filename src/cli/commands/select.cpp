#include "trommel/selection/select.hpp"

#include "cli/commands/commands.hpp"
#include "cli/commands/select_files.hpp"
#include "cli/json_output.hpp"
#include "cli/stop_by_signal.hpp"
#include "cli/terminal.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/selection/strategy.hpp"

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

constexpr auto redraw = std::chrono::milliseconds(200);

constexpr auto examples = R"(Examples:
  trommel select --embeddings images.npy --n 1000 --output picks.csv
  trommel select --embeddings images.csv --strategy coral --scores scores.csv --score uncertainty_margin --n 100 --output picks.csv
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
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    std::string first = "first";
    std::string combine = "product";
    double diversity_strength = 1;
    double score_strength = 1;
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
    std::vector<Pick> picks{};
    double seconds = 0;

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
    const auto extension = arguments.output.extension();
    if (extension == ".csv" || extension == ".npy") return;
    throw ConfigError(
        fmt::format("--output {}: the name must end in .csv or .npy", arguments.output.string()));
}

const selection::Strategy& strategy_of(const Arguments& arguments) {
    const auto* strategy = selection::find_strategy(arguments.strategy);
    if (strategy == nullptr) {
        std::vector<std::string> names;
        for (const auto& other : selection::strategies()) names.emplace_back(other.name);
        const auto meant = closest(arguments.strategy, names);
        throw ConfigError(fmt::format("--strategy {}: there is no such strategy; {}",
                                      arguments.strategy,
                                      meant ? fmt::format("did you mean '{}'?", *meant)
                                            : fmt::format("there are {}", fmt::join(names, ", "))));
    }
    if (strategy->needs_scores && arguments.scores.empty())
        throw ConfigError(
            fmt::format("--strategy {} goes by scores: give --scores", arguments.strategy));
    return *strategy;
}

selection::Objective objective_of(const Arguments& arguments, const EmbeddingFile& embeddings) {
    selection::Objective objective{.diversity_strength = arguments.diversity_strength,
                                   .score_strength = arguments.score_strength};
    if (arguments.first == "random") {
        objective.first = selection::FirstPick::random;
    } else if (arguments.first == "centroid") {
        objective.first = selection::FirstPick::centroid;
    } else if (arguments.first != "first") {
        objective.first_sample = embeddings.find(arguments.first, "--first");
    }
    if (arguments.combine == "sum") objective.combination = selection::Combination::sum;
    if (arguments.combine == "cumulative_product")
        objective.combination = selection::Combination::cumulative_product;
    return objective;
}

Selection read(const Arguments& arguments) {
    Selection selection{.arguments = arguments,
                        .strategy = strategy_of(arguments),
                        .embeddings = EmbeddingFile(arguments.embeddings)};
    selection.candidates.resize(selection.embeddings.rows().count);
    std::iota(selection.candidates.begin(), selection.candidates.end(), SampleIndex{0});
    if (!arguments.preselected.empty())
        selection.preselected = read_samples(arguments.preselected, selection.embeddings);
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
}

/// One line on a terminal, drawn over; elsewhere nothing.
class PickLine {
public:
    explicit PickLine(std::size_t wanted) : wanted_(wanted) {}
    PickLine(const PickLine&) = delete;
    PickLine& operator=(const PickLine&) = delete;
    ~PickLine() {
        if (is_open_) fmt::print(stderr, "\r\033[K");
    }

    void show() {
        ++picked_;
        if (!is_live_ || SteadyClock::now() - drawn_ < redraw) return;
        drawn_ = SteadyClock::now();
        is_open_ = true;
        fmt::print(stderr, "\r\033[K  {} of {} picks", with_commas(picked_), with_commas(wanted_));
        std::fflush(stderr);
    }

private:
    std::size_t wanted_;
    std::size_t picked_ = 0;
    bool is_live_ = is_terminal(stderr);
    bool is_open_ = false;
    SteadyClock::time_point drawn_{};
};

void tell_memory(const Selection& selection) {
    if (!is_terminal(stderr)) return;
    const auto rows = selection.embeddings.rows();
    const auto bytes = selection::memory_bound(rows.count, rows.dimensions, selection.wanted());
    fmt::print(stderr,
               "  {} embeddings of {} numbers; at most {} MiB beside them\n",
               with_commas(rows.count),
               rows.dimensions,
               with_commas(bytes >> 20U));
}

void choose(Selection& selection, std::stop_token cancelled) {
    tell_memory(selection);
    const auto& arguments = selection.arguments;
    const auto begin = SteadyClock::now();
    PickLine line(selection.wanted());
    const selection::Task task{
        .pool = {.candidates = selection.candidates,
                 .preselected = selection.preselected,
                 .scores = selection.scores,
                 .rows = selection.embeddings.rows(),
                 .probabilities = &selection.probabilities},
        .stop = {.picks = arguments.count, .min_distance = arguments.min_distance.value_or(-1)},
        .random = Random(arguments.seed, 0, "sample"),
        .progress = {.picked = [&](const Pick&) { line.show(); },
                     .cancelled = std::move(cancelled)},
        .options = {.objective = objective_of(arguments, selection.embeddings),
                    .threads = arguments.threads}};
    selection.picks = selection::select(selection.strategy, task);
    selection.embeddings.check();
    selection.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

/// Why there are no more picks.
std::string end_of(const Selection& selection) {
    const auto count = selection.picks.size();
    if (count == selection.wanted() && selection.arguments.count) return "as many as asked for";
    if (count == selection.open()) return "no sample is left";
    return fmt::format("the next would be nearer than {} to a chosen one",
                       shortest(*selection.arguments.min_distance));
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
    print(json::object{{"output", selection.arguments.output.string()},
                       {"strategy", selection.arguments.strategy},
                       {"seconds", selection.seconds},
                       {"end", end_of(selection)},
                       {"picks", std::move(picks)}});
}

void print_text(const Selection& selection) {
    if (selection.arguments.explains) {
        fmt::print("{}: {}\n  after {}\n",
                   selection.strategy.name,
                   selection.strategy.summary,
                   selection.strategy.source);
        fmt::print("{}", picks_as_csv(selection.picks, selection.embeddings));
    }
    fmt::print("{}: {} picks in {:.3f} s; {}\n",
               selection.arguments.output.string(),
               with_commas(selection.picks.size()),
               selection.seconds,
               end_of(selection));
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

}  // namespace

void add_select(CLI::App& app) {
    auto arguments = std::make_shared<Arguments>();
    auto* command =
        app.add_subcommand("select", "Selects samples by embeddings and scores of files");
    command->footer(examples + ("\n" + strategies_help()));
    command->add_option("--embeddings", arguments->embeddings, "FILE.npy, or Lightly's .csv")
        ->required();
    command->add_option("--strategy", arguments->strategy, "How to choose")->capture_default_str();
    command->add_option("--n", arguments->count, "How many samples to add")
        ->check(CLI::PositiveNumber);
    command->add_option("--proportion",
                        arguments->proportion,
                        "Or what share of those that are not preselected, 0 to 1");
    command->add_option(
        "--min-distance", arguments->min_distance, "Stop before a sample nearer to a chosen one");
    command->add_option("--preselected",
                        arguments->preselected,
                        "Samples chosen before, a name or row number a line");
    command->add_option(
        "--scores", arguments->scores, "Scores, higher is sooner: .csv by name, or .npy by row");
    command->add_option("--score", arguments->score, "Which column of them");
    command->add_option("--probabilities",
                        arguments->probabilities,
                        "Of the classes, for badge: .npy, a row for each embedding");
    command->add_option("--seed", arguments->seed, "Of what is random")->capture_default_str();
    command->add_option("--threads", arguments->threads, "How many compute (all cores)")
        ->check(CLI::Range(1U, 1024U));
    command
        ->add_option("--first",
                     arguments->first,
                     "What coreset begins with: first, random, centroid, or a sample")
        ->capture_default_str();
    command->add_option("--combine", arguments->combine, "How coral combines diversity and scores")
        ->check(CLI::IsMember({"product", "cumulative_product", "sum"}))
        ->capture_default_str();
    command
        ->add_option("--diversity-strength",
                     arguments->diversity_strength,
                     "Its exponent, or factor in a sum")
        ->capture_default_str();
    command->add_option("--score-strength", arguments->score_strength, "Likewise")
        ->capture_default_str();
    command->add_option("--output", arguments->output, "FILE.csv or .npy, in the order of choosing")
        ->required();
    command->add_flag("--explain", arguments->explains, "Print why each was chosen");
    command->add_flag("--json", arguments->as_json, "Print the picks as JSON");
    command->callback([=] { run(*arguments); });
}

}  // namespace trommel::cli
