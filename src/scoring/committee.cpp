#include "trommel/scoring/committee.hpp"

#include "trommel/core/error.hpp"
#include "trommel/scoring/row_scorer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string_view>
#include <utility>

namespace trommel::scoring {
namespace {

using Score = double (*)(const Probabilities&);

constexpr std::array<std::pair<std::string_view, Score>, 3> committee_scores{{
    {"variation_ratio", variation_ratio},
    {"vote_entropy", vote_entropy},
    {"bald", bald},
}};

/// How many members vote for each class.
std::vector<double> votes(const Probabilities& probs) {
    std::vector<double> counts(std::max<std::size_t>(probs.cols(), 2));
    for (std::size_t member = 0; member < probs.rows(); ++member) {
        const auto row = probs.row(member);
        const auto likeliest = std::max_element(row.begin(), row.end()) - row.begin();
        const bool is_second = probs.cols() == 1 && row[0] < 0.5;  // of p, 1 - p
        ++counts[is_second ? 1 : static_cast<std::size_t>(likeliest)];
    }
    return counts;
}

std::vector<double> mean_of(const Probabilities& probs) {
    std::vector<double> mean(probs.cols());
    for (std::size_t member = 0; member < probs.rows(); ++member)
        for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += probs(member, j);
    for (double& p : mean) p /= static_cast<double>(probs.rows());
    return mean;
}

double bits(std::span<const double> probs) {
    if (probs.size() != 1) return entropy(probs);
    const std::array<double, 2> both{probs[0], 1 - probs[0]};
    return entropy(both);
}

double fraction_of_log2(double value, std::size_t count) {
    if (count < 2 || value <= 0) return 0;  // -0, too, which would be written so
    return std::min(value / std::log2(static_cast<double>(count)), 1.0);
}

Score find_committee_score(std::string_view name) {
    const auto* const found =
        std::ranges::find(committee_scores, name, &std::pair<std::string_view, Score>::first);
    return found == committee_scores.end() ? nullptr : found->second;
}

}  // namespace

double variation_ratio(const Probabilities& probs) {
    assert(probs.rows() > 0);
    return 1 - std::ranges::max(votes(probs)) / static_cast<double>(probs.rows());
}

double vote_entropy(const Probabilities& probs) {
    assert(probs.rows() > 0);
    auto counts = votes(probs);
    for (double& count : counts) count /= static_cast<double>(probs.rows());
    return fraction_of_log2(entropy(counts), std::min(probs.rows(), counts.size()));
}

double bald(const Probabilities& probs) {
    assert(probs.rows() > 0);
    double sum = 0;
    for (std::size_t member = 0; member < probs.rows(); ++member) sum += bits(probs.row(member));
    const double information = bits(mean_of(probs)) - sum / static_cast<double>(probs.rows());
    return fraction_of_log2(information, std::max<std::size_t>(probs.cols(), 2));
}

bool needs_committee(std::string_view score_name) {
    return find_committee_score(score_name) != nullptr;
}

namespace {

void check_committee(std::size_t members, std::size_t classes) {
    if (members < 2 || classes == 0)
        throw DataError(
            fmt::format("a committee of {} members and {} classes; give two members or more",
                        members,
                        classes));
}

/// Of the scores that go by the mean of the members alone.
std::vector<double*> columns_of_mean(Scores& scores) {
    std::vector<double*> columns;
    for (auto& score : scores)
        if (!needs_committee(score.name)) columns.push_back(score.values.data());
    return columns;
}

}  // namespace

Scores score_committees(std::span<const double> committees,
                        std::size_t members,
                        std::size_t classes,
                        std::span<const std::string> names) {
    check_committee(members, classes);
    const std::size_t samples = committees.size() / (members * classes);
    Scores scores;
    std::vector<Uncertainty> measures;
    for (const auto& name : names) {
        scores.push_back({score_name(Task::classification, name), std::vector<double>(samples)});
        if (const auto measure = find_uncertainty(scores.back().name)) measures.push_back(*measure);
    }
    auto columns = columns_of_mean(scores);
    const RowScorer of_mean(std::move(measures), classes);
    Probabilities probs(members, classes);
    for (std::size_t i = 0; i < samples; ++i) {
        std::ranges::copy(committees.subspan(i * members * classes, members * classes),
                          probs.values().begin());
        of_mean(std::span<const double>(mean_of(probs)), columns);
        for (auto& column : columns) ++column;
        for (auto& score : scores)
            if (const auto of = find_committee_score(score.name)) score.values[i] = of(probs);
    }
    return scores;
}

}  // namespace trommel::scoring
