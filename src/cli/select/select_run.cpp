#include "cli/select/select_run.hpp"

#include "cli/output/output.hpp"
#include "cli/output/pick_line.hpp"
#include "cli/output/terminal.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/machine.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>

#include <chrono>
#include <numeric>

namespace trommel::cli {
namespace {

const selection::Strategy& strategy_of(const SelectArguments& arguments) {
    if (const auto* strategy = selection::find_strategy(arguments.strategy)) return *strategy;
    std::vector<std::string> names;
    for (const auto& other : selection::strategies()) names.emplace_back(other.name);
    throw ConfigError(fmt::format("--strategy {}: there is no such strategy; {}",
                                  arguments.strategy,
                                  meant_or_all(arguments.strategy, names)));
}

/// Whether what bounds the selection is given, and where the picks go.
void check_bounds(const selection::Strategy& strategy, const SelectArguments& arguments) {
    const bool has_number = arguments.count || arguments.proportion;
    if (!has_number && !arguments.min_distance)
        throw ConfigError("nothing bounds the selection: give --n, --proportion or --min-distance");
    if (const auto missing = selection::missing_number(strategy, has_number); !missing.empty())
        throw ConfigError(missing + " by --n or --proportion");
    const auto extension = arguments.output.extension();
    if (extension == ".csv" || extension == ".npy") return;
    throw ConfigError(
        fmt::format("--output {}: the name must end in .csv or .npy", arguments.output.string()));
}

/// Whether what the strategy uses is given, and nothing that it does not use.
void check_inputs(const selection::Strategy& strategy, const SelectArguments& arguments) {
    const auto refuse_if = [&](bool is_wrong, std::string_view why) {
        if (is_wrong) throw ConfigError(fmt::format("--strategy {} {}", strategy.name, why));
    };
    const bool has_query = !arguments.query.empty();
    const bool has_goals = !arguments.goals.empty();
    refuse_if(strategy.needs_probabilities && arguments.probabilities.empty(),
              "uses probabilities of classes: give --probabilities");
    refuse_if(strategy.needs_scores && arguments.scores.empty(), "uses scores: give --scores");
    refuse_if(strategy.needs_query && !has_query, "needs samples to be near to: give --query");
    refuse_if(!strategy.needs_query && has_query, "does not use --query");
    refuse_if(strategy.needs_goals && !has_goals, "needs to know what for: give --goal");
    refuse_if(!strategy.needs_goals && has_goals, "does not use --goal; combined does");
}

/// What appears behind `--first` is a sample where it is not a word for one.
bool is_sample(const std::string& first) {
    const auto words = selection::words_of(*selection::find_strategy_setting("first"));
    return std::ranges::count(words, first) == 0;
}

selection::StrategyOptions options_of(const SelectArguments& arguments,
                                      const EmbeddingFile& embeddings) {
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

void read_samples_and_scores(Selection& selection) {
    const auto& arguments = selection.arguments;
    const auto& embeddings = selection.embeddings;
    selection.candidates.resize(embeddings.rows().count);
    std::iota(selection.candidates.begin(), selection.candidates.end(), SampleIndex{0});
    if (!arguments.preselected.empty())
        selection.preselected = read_samples(arguments.preselected, embeddings);
    if (!arguments.query.empty()) selection.query = read_samples(arguments.query, embeddings);
    selection.options.query = selection.query;
    if (!arguments.scores.empty())
        selection.scores = read_scores(arguments.scores, arguments.score, embeddings);
    if (!arguments.count || *arguments.count <= selection.open()) return;
    throw DataError(fmt::format(
        "--n is {}, but there are {} samples to choose from", *arguments.count, selection.open()));
}

void read_goals(Selection& selection) {
    const auto& arguments = selection.arguments;
    selection.goals = std::make_unique<SelectGoals>(selection.embeddings);
    for (const auto& goal : arguments.goals) selection.goals->add_goal(goal);
    if (!arguments.target.empty()) selection.goals->set_target(arguments.target);
    for (const auto& threshold : arguments.thresholds) selection.goals->add_threshold(threshold);
    selection.options.goals = selection.goals->goals();
    selection.options.thresholds = selection.goals->thresholds();
}

selection::Memory memory_of(const Selection& selection) {
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
        if (goal.distribution.shares != nullptr) extent.classes += goal.distribution.shares->cols();
    }
    const std::size_t lines = extent.picks * (selection.arguments.as_json ? 640 : 128);
    const auto memory = selection::memory_of(selection.strategy, selection.options, extent);
    return {.least = memory.least + lines, .most = memory.most + lines};
}

std::size_t allowed_memory(const SelectArguments& arguments) {
    if (arguments.memory.empty()) return machine_memory();
    const auto bytes = parse_bytes(arguments.memory);
    if (!bytes)
        throw ConfigError(fmt::format("--memory {}: {}", arguments.memory, bytes.problem()));
    return *bytes;
}

void check_memory(const Selection& selection) {
    const auto& [least, most] = selection.memory;
    const auto allowed = allowed_memory(selection.arguments);
    if (is_terminal(stderr)) {
        const auto rows = selection.embeddings.rows();
        print_note("  {} embeddings of {} numbers; {} {} beside them\n",
                   with_commas(rows.count),
                   rows.dimensions,
                   least < most ? "at least" : "at most",
                   in_mebibytes(least));
    }
    if (least <= allowed) return;
    throw DataError(
        fmt::format("--strategy {} takes up to {} of memory beside the embeddings, and there are "
                    "{}; choose from fewer samples, fewer of them, or by another strategy",
                    selection.arguments.strategy,
                    in_mebibytes(least),
                    in_mebibytes(allowed)));
}

}  // namespace

Selection read_selection(const SelectArguments& arguments) {
    const auto& strategy = strategy_of(arguments);
    check_bounds(strategy, arguments);
    check_inputs(strategy, arguments);
    Selection selection{.arguments = arguments,
                        .strategy = strategy,
                        .embeddings = EmbeddingFile(arguments.embeddings)};
    selection.options = options_of(arguments, selection.embeddings);
    read_samples_and_scores(selection);
    if (arguments.proportion)
        selection.arguments.count = selection::most_picks(
            {.picks = arguments.count, .proportion = arguments.proportion}, selection.open());
    if (!arguments.probabilities.empty())
        selection.probabilities = read_probabilities(arguments.probabilities, selection.embeddings);
    read_goals(selection);
    selection.memory = memory_of(selection);
    return selection;
}

void choose(Selection& selection, std::stop_token cancelled) {
    using SteadyClock = std::chrono::steady_clock;
    check_memory(selection);
    const auto& arguments = selection.arguments;
    const auto& probabilities = selection.probabilities;
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
                 .probabilities = probabilities.rows() > 0 ? &probabilities : nullptr},
        .stop = {.picks = arguments.count, .min_distance = arguments.min_distance.value_or(-1)},
        .random = Random(arguments.seed, arguments.round, "sample"),
        .progress = {.picked = [&](const selection::Pick&) { line.show(); },
                     .cancelled = std::move(cancelled)},
        .options = std::move(options)};
    try {
        selection.picks = selection::select(selection.strategy, task);
    } catch (const DataError&) {
        selection.embeddings.check_finite();  // which names the place
        throw;
    }
    selection.embeddings.check();
    selection.stop_reason = selection::stop_reason_of(task, selection.picks.size());
    selection.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

}  // namespace trommel::cli
