#include "trommel/scoring/committee.hpp"

#include "scoring/committee_parts.hpp"
#include "trommel/core/error.hpp"
#include "trommel/scoring/row_scorer.hpp"
#include "trommel/scoring/score_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel::scoring {
namespace {

void check_committee(std::size_t members, std::size_t classes) {
    if (members < 2 || classes == 0)
        throw DataError(
            fmt::format("a committee of {} members and {} classes; give two members or more",
                        members,
                        classes));
}

}  // namespace

bool needs_committee(std::string_view score_name) {
    const auto* const type = find_score_type(Task::classification, score_name);
    return type != nullptr && type->needs_committee();
}

Scores score_committees(std::span<const double> committees,
                        std::size_t members,
                        std::size_t classes,
                        std::span<const std::string> names) {
    check_committee(members, classes);
    const std::size_t samples = committees.size() / (members * classes);
    Scores scores;
    for (const auto& name : names)
        scores.push_back({score_name(Task::classification, name), std::vector<double>(samples)});
    std::vector<RowKernel> kernels;
    std::vector<double*> columns;  // of the scores that use the mean of the members alone
    std::vector<std::pair<OfCommittee, double*>> others;
    for (auto& score : scores) {
        const auto& kernel = score_type(Task::classification, score.name).kernel;
        if (const auto* const of_mean = std::get_if<OfClasses>(&kernel)) {
            kernels.push_back(of_mean->score);
            columns.push_back(score.values.data());
        } else {
            others.emplace_back(std::get<OfCommittee>(kernel), score.values.data());
        }
    }
    const RowScorer of_mean(std::move(kernels), classes);
    Probabilities probs(members, classes);
    for (std::size_t i = 0; i < samples; ++i) {
        std::ranges::copy(committees.subspan(i * members * classes, members * classes),
                          probs.values().begin());
        of_mean(std::span<const double>(mean_of(probs)), columns);
        for (auto& column : columns) ++column;
        for (const auto& [of, values] : others) values[i] = of.score(probs);
    }
    return scores;
}

}  // namespace trommel::scoring
