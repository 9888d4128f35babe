// Learning curves: what a model is worth by how many labels it had.
//
// Between two measurements a curve is a straight line; outside its first and last it is unknown.
#pragma once

#include "trommel/learning/summary.hpp"

#include <optional>
#include <span>
#include <vector>

namespace trommel::learning {

struct CurvePoint {
    double labels = 0;
    double value = 0;

    friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

/// Points by ascending labels, each count once; values are finite, and higher is better.
using LearningCurve = std::vector<CurvePoint>;

struct LabelRange {
    double from = 0;
    double to = 0;

    friend bool operator==(const LabelRange&, const LabelRange&) = default;
};

/// Adds a measurement to the end; one at as many labels as the last replaces it. Throws DataError
/// when labels fall or the value is not finite.
void append(LearningCurve& curve, CurvePoint point);

/// The value at `labels`, which lies in the curve's range.
double value_at(const LearningCurve& curve, double labels);

/// The labels that every curve covers; nothing when there are none, or no curve.
std::optional<LabelRange> shared_range(std::span<const LearningCurve> curves);

/// The mean height over `range`, which the curve covers: the area under it by trapezoids, divided
/// by the range's length. Of a single point its value. O(points).
double area(const LearningCurve& curve, LabelRange range);

/// The area under the budget curve as Lu, Li & Lin publish it: trapezoids over the values after
/// each query, the one before the first left out, divided by how many labels were queried. That is
/// a little less than the mean height, by one query in as many. Nothing for fewer than two queries.
///
/// Lu, Li & Lin, "Re-Benchmarking Pool-Based Active Learning for Binary Classification", arXiv
/// 2306.08954; `AUBC` in `src/utils.py` of github.com/ariapoy/active-learning-benchmark, there
/// rounded to five digits.
std::optional<double> budget_area(const LearningCurve& curve);

/// The fewest labels at which the curve has `target`, or nothing: never. A curve that begins at or
/// above it needs as many as it begins with.
std::optional<double> labels_to_reach(const LearningCurve& curve, double target);

/// What several curves, such as those of ten seeds, have at one count of labels.
struct BandPoint {
    double labels = 0;
    Summary values{};
};

/// Mean and spread at every count of labels that one of the curves measured and all of them cover;
/// a curve that has no measurement there counts as its straight line. O(points curves).
std::vector<BandPoint> band(std::span<const LearningCurve> curves);

}  // namespace trommel::learning
