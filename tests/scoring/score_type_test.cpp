#include "trommel/scoring/score_type.hpp"

#include "trommel/scoring/classification.hpp"
#include "trommel/scoring/row_scorer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <type_traits>

namespace trommel::scoring {

namespace {

double likeliest(std::span<const double> probs) { return std::ranges::max(probs); }

}  // namespace

static_assert(!std::is_default_constructible_v<RowFunction>, "a function is always there");
static_assert(!std::is_constructible_v<RowFunction, std::nullptr_t>);
static_assert(!std::is_default_constructible_v<OfClasses>);

TEST_CASE("every score has its range, and a name of its own in its task", "[scoring]") {
    std::set<std::pair<Task, std::string_view>> names;
    for (const auto& type : score_types()) {
        CHECK(type.range.starts_with('['));
        CHECK(names.emplace(type.task(), type.name).second);
        if (!type.alias.empty()) CHECK(names.emplace(type.task(), type.alias).second);
    }
}

TEST_CASE("the table says what a score needs", "[scoring]") {
    CHECK(score_type(Task::classification, "bald").needs_committee());
    CHECK_FALSE(score_type(Task::classification, "uncertainty_ratio").needs_committee());
    CHECK(score_type(Task::object_detection, "object-frequency").needs_all_samples());
    CHECK_FALSE(score_type(Task::object_detection, "uncertainty_ratio").needs_all_samples());
}

TEST_CASE("a score may be a plain function of a row", "[scoring]") {
    const RowScorer scorer({RowFunction(likeliest), Uncertainty::margin}, 2);
    const std::vector<double> probs{0.75, 0.25, 0.5, 0.5};
    std::vector<double> function(2);
    std::vector<double> measure(2);
    scorer(std::span(probs), std::vector{function.data(), measure.data()});
    CHECK(function == std::vector<double>{0.75, 0.5});
    CHECK(measure == std::vector<double>{0.5, 1});
}

TEST_CASE("what was written in single precision is measured in it, wherever it is held",
          "[scoring]") {
    const std::vector<float> singles{0.1F, 0.2F, 0.7F};
    const Probabilities held{{singles[0], singles[1], singles[2]}};
    const std::vector<std::string> names{"uncertainty_entropy"};
    double expected = 0;
    double* const out = &expected;
    RowScorer({Uncertainty::entropy}, 3)(std::span(singles), std::span(&out, 1));
    CHECK(score_classification(held, names, Precision::f32)[0].values[0] == expected);
    CHECK(score_classification(held, names, Precision::f64)[0].values[0] != expected);
}

}  // namespace trommel::scoring
