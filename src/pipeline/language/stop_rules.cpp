#include "pipeline/language/stop_rules.hpp"

#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace trommel {
namespace {

using Value = Expression::Value;
using Parameter = FunctionParameter::Kind;
using Arguments = std::span<const Value>;

double number(Arguments arguments, std::size_t i) { return std::get<double>(arguments[i]); }
const std::string& name(Arguments arguments, std::size_t i) {
    return std::get<std::string>(arguments[i]);
}

/// For people: 0.9518, 120, 46.3.
std::string shown(double value) { return fmt::format("{:.6g}", value); }

FunctionResult rule(bool holds, double measured, double threshold, std::string detail) {
    return {holds, measured, threshold, std::move(detail)};
}

/// Sums of money lose a little on their way to binary.
bool exceeds(double sum, double most) { return sum > most + 1e-9 * (1 + std::abs(most)); }

double best_of(std::span<const double> values) {
    double best = -std::numeric_limits<double>::infinity();
    for (const double value : values) best = std::fmax(best, value);
    return best;
}

std::vector<double> numbers_of(const std::vector<double>& values) {
    std::vector<double> real;
    for (const double value : values)
        if (!std::isnan(value)) real.push_back(value);
    return real;
}

FunctionResult call_plateau(Arguments arguments, const Environment& environment) {
    const auto rounds = static_cast<std::size_t>(number(arguments, 1));
    const double min_delta = number(arguments, 2);
    const auto values = numbers_of(environment.history(name(arguments, 0)));
    if (values.size() <= rounds)
        return {false, {}, min_delta, fmt::format("there are only {} values", values.size())};
    const auto all = std::span<const double>(values);
    const double last = best_of(all.last(rounds));
    const double gain = last - best_of(all.first(all.size() - rounds));
    return rule(plateau(values, rounds, min_delta),
                gain,
                min_delta,
                fmt::format("best of the last {} is {}, {} {} the best before",
                            rounds,
                            shown(last),
                            shown(std::abs(gain)),
                            gain < 0 ? "below" : "above"));
}

FunctionResult call_n(Arguments arguments, const Environment& environment) {
    const double wanted = number(arguments, 0);
    const auto labeled = environment.fact(Fact::labeled, {});
    if (!labeled) return {};
    return rule(*labeled >= wanted,
                *labeled,
                wanted,
                fmt::format("the labelled set has {} samples", shown(*labeled)));
}

FunctionResult call_budget(Arguments arguments, const Environment& environment) {
    const double amount = number(arguments, 0);
    const auto spent = environment.fact(Fact::spent, {});
    const auto next = environment.fact(Fact::next_cost, {});
    if (!spent || !next) return {};
    return rule(exceeds(*spent + *next, amount),
                *spent,
                amount,
                fmt::format("{} of {} are spent, and a round like the last costs {}",
                            shown(*spent),
                            shown(amount),
                            shown(*next)));
}

FunctionResult call_max_human_labels(Arguments arguments, const Environment& environment) {
    const double most = number(arguments, 0);
    const auto given = environment.fact(Fact::human_labels, {});
    const auto owed = environment.fact(Fact::owed_labels, {});
    const auto growth = environment.fact(Fact::last_growth, {});
    if (!given || !owed || !growth) return {};
    return rule(
        *given + *owed + *growth > most,
        *given,
        most,
        fmt::format("{} of at most {} labels are there; the last round chose {} samples that "
                    "still need one, and another round would choose {} more",
                    shown(*given),
                    shown(most),
                    shown(*owed),
                    shown(*growth)));
}

FunctionResult call_max_share_labeled(Arguments arguments, const Environment& environment) {
    const double most = number(arguments, 0);
    const auto labeled = environment.fact(Fact::labeled, {});
    const auto growth = environment.fact(Fact::last_growth, {});
    const auto pool = environment.fact(Fact::pool, {});
    if (!labeled || !growth || !pool || *pool == 0) return {};
    const double share = *labeled / *pool;
    return rule(exceeds(share + *growth / *pool, most),
                share,
                most,
                fmt::format("{} of {} samples are chosen, {:.4g} % of at most {:.4g} %, {} of them "
                            "by the last round",
                            shown(*labeled),
                            shown(*pool),
                            100 * share,
                            100 * most,
                            shown(*growth)));
}

FunctionResult call_mean_score_below(Arguments arguments, const Environment& environment) {
    const double least = number(arguments, 1);
    const auto mean = environment.fact(Fact::mean_score, name(arguments, 0));
    if (!mean) return {};
    return rule(*mean < least,
                *mean,
                least,
                fmt::format("the mean '{}' of what is left to choose is {}, below {}",
                            name(arguments, 0),
                            shown(*mean),
                            shown(least)));
}

FunctionResult call_selection_overlap(Arguments arguments, const Environment& environment) {
    const double least = number(arguments, 1);
    const auto overlap = environment.fact(Fact::selection_overlap, name(arguments, 0));
    if (!overlap) return {};
    return rule(*overlap >= least,
                *overlap,
                least,
                fmt::format("the round before would have chosen {:.4g} % of the last selection by "
                            "'{}', at least {:.4g} %",
                            100 * *overlap,
                            name(arguments, 0),
                            100 * least));
}

FunctionResult call_kappa(Arguments arguments, const Environment& environment) {
    const auto rounds = static_cast<std::size_t>(number(arguments, 0));
    const double least = number(arguments, 1);
    const auto all = environment.agreements();
    if (all.size() < rounds)
        return {false, {}, least, fmt::format("only {} models can be compared", all.size())};
    const auto last = std::span<const double>(all).last(rounds);
    const double mean =
        std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(rounds);
    return rule(mean >= least,
                mean,
                least,
                fmt::format("the last {} kappas between successive models have the mean {}, at "
                            "least {}",
                            rounds,
                            shown(mean),
                            shown(least)));
}

constexpr FunctionNeed needs_labels{
    "labels:", "no stage of this pipeline labels", "n(samples) counts the labelled set"};
constexpr FunctionNeed needs_costs{"costs:",
                                   "'rounds' says nothing about costs",
                                   "add 'cost: {per_label: 0.08, stages: {train: 2.5}}'"};
constexpr FunctionNeed needs_scores{"scores:", "no stage of this pipeline scores", ""};
constexpr FunctionNeed needs_classes{"classes:",
                                     "no stage of this pipeline predicts classes",
                                     "kappa compares the classes that successive models predict"};

constexpr FunctionParameter a_score{
    "score", Parameter::score, "The name of a score, as in 'scores'."};

ExpressionFunction mean_score_below_rule() {
    return {
        "mean_score_below",
        {a_score, {"value", Parameter::number, "Mean below which the model counts as certain."}},
        Expression::Type::boolean,
        call_mean_score_below,
        "True if the mean score of the last round's candidates is below the value.",
        "\"Overall uncertainty\" of Zhu, Wang and Hovy, \"Multi-Criteria-Based Strategy to Stop "
        "Active Learning for Data Annotation\", COLING 2008",
        needs_scores};
}

ExpressionFunction selection_overlap_rule() {
    return {"selection_overlap",
            {a_score,
             {"at_least", Parameter::share, "Overlap from which the ranking counts as stable."}},
            Expression::Type::boolean,
            call_selection_overlap,
            "True if the last selection overlaps this much with the next-ranked samples of the "
            "round before: |last ∩ next| / min(|last|, |next|).",
            "The overlap coefficient of Szymkiewicz and Simpson",
            needs_scores};
}

ExpressionFunction kappa_rule() {
    return {"kappa",
            {{"rounds", Parameter::count, "Number of last agreements to average; in the paper: 3."},
             {"at_least",
              Parameter::number,
              "Mean from which predictions count as stable; in the paper: 0.99."}},
            Expression::Type::boolean,
            call_kappa,
            "True if the mean Cohen's kappa between successive models reaches the value, on a "
            "fixed stop set of at most 2,000 samples. A new class restarts the series.",
            "Bloodgood and Vijay-Shanker, \"A Method for Stopping Active Learning Based on "
            "Stabilizing "
            "Predictions and the Need for User-Adjustable Stopping\", CoNLL 2009",
            needs_classes};
}

}  // namespace

std::vector<ExpressionFunction> stop_rules() {
    using Type = Expression::Type;
    return {
        {"plateau",
         {{"metric", Parameter::metric, "metrics.<stage>.<name>; higher is better."},
          {"rounds", Parameter::count, "Number of last values to compare."},
          {"min_delta", Parameter::number, "Lowest gain over the best earlier value."}},
         Type::boolean,
         call_plateau,
         "True if the best of the last values exceeds the best before them by less than min_delta.",
         "Prechelt, \"Early Stopping - But When?\", 1998, for epochs"},
        {"n",
         {{"samples", Parameter::count, "How many."}},
         Type::boolean,
         call_n,
         "True if the labelled set has at least this many samples."},
        {"budget",
         {{"amount", Parameter::number, "In the currency of 'rounds: {cost: …}'."}},
         Type::boolean,
         call_budget,
         "True if another round costing as much as the last, with the closing measurement, would "
         "exceed the amount.",
         {},
         needs_costs},
        {"max_human_labels",
         {{"n", Parameter::count, "Highest number of labels."}},
         Type::boolean,
         call_max_human_labels,
         "True if another selection as large as the last would need more than n labels. Each "
         "labelled sample counts once, initial samples too.",
         "SageMaker Ground Truth, MaxHumanLabeledObjectCount",
         needs_labels},
        {"max_share_labeled",
         {{"share", Parameter::share, "Of the pool: 20% or 0.2."}},
         Type::boolean,
         call_max_share_labeled,
         "True if another selection as large as the last would label more than this share of the "
         "pool.",
         "SageMaker Ground Truth, MaxPercentageOfInputDatasetLabeled"},
        mean_score_below_rule(),
        selection_overlap_rule(),
        kappa_rule(),
    };
}

bool plateau(const std::vector<double>& values, std::size_t rounds, double min_delta) {
    const auto real = numbers_of(values);
    if (real.size() <= rounds) return false;
    const auto all = std::span<const double>(real);
    return best_of(all.last(rounds)) - best_of(all.first(all.size() - rounds)) < min_delta;
}

}  // namespace trommel
