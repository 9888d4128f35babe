#include "trommel/learning/learning_curve.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <set>

namespace trommel::learning {
namespace {

/// The value at `labels` on the line from `a` to `b`; exact at both ends.
double between(const CurvePoint& a, const CurvePoint& b, double labels) {
    if (labels == b.labels) return b.value;
    return a.value + (b.value - a.value) * (labels - a.labels) / (b.labels - a.labels);
}

double trapezoid(const CurvePoint& a, const CurvePoint& b) {
    return (b.labels - a.labels) * (a.value + b.value) / 2;
}

double trapezoids(std::span<const CurvePoint> points) {
    double sum = 0;
    for (std::size_t i = 1; i < points.size(); ++i) sum += trapezoid(points[i - 1], points[i]);
    return sum;
}

/// The part of the curve over `range`, with a point at each end of it.
LearningCurve part_of(const LearningCurve& curve, LabelRange range) {
    LearningCurve part{{range.from, value_at(curve, range.from)}};
    for (const auto& point : curve)
        if (point.labels > range.from && point.labels < range.to) part.push_back(point);
    part.push_back({range.to, value_at(curve, range.to)});
    return part;
}

}  // namespace

void append(LearningCurve& curve, CurvePoint point) {
    if (!std::isfinite(point.value))
        throw DataError(fmt::format("the value at {} labels is not finite", point.labels));
    if (!curve.empty() && point.labels < curve.back().labels)
        throw DataError(fmt::format("{} labels come after {}; a labelled set only grows",
                                    point.labels,
                                    curve.back().labels));
    if (!curve.empty() && point.labels == curve.back().labels)
        curve.back() = point;
    else
        curve.push_back(point);
}

double value_at(const LearningCurve& curve, double labels) {
    assert(!curve.empty() && labels >= curve.front().labels && labels <= curve.back().labels);
    const auto next = std::ranges::lower_bound(curve, labels, {}, &CurvePoint::labels);
    return next == curve.begin() ? next->value : between(*(next - 1), *next, labels);
}

std::optional<LabelRange> shared_range(std::span<const LearningCurve> curves) {
    std::optional<LabelRange> range;
    for (const auto& curve : curves) {
        if (curve.empty()) return std::nullopt;
        if (!range) range = LabelRange{curve.front().labels, curve.back().labels};
        range->from = std::max(range->from, curve.front().labels);
        range->to = std::min(range->to, curve.back().labels);
    }
    if (range && range->from > range->to) return std::nullopt;
    return range;
}

double area(const LearningCurve& curve, LabelRange range) {
    if (range.from == range.to) return value_at(curve, range.from);
    return trapezoids(part_of(curve, range)) / (range.to - range.from);
}

std::optional<double> budget_area(const LearningCurve& curve) {
    if (curve.size() < 3) return std::nullopt;
    const std::span<const CurvePoint> after_queries(curve.begin() + 1, curve.end());
    return trapezoids(after_queries) / (curve.back().labels - curve.front().labels);
}

std::optional<double> labels_to_reach(const LearningCurve& curve, double target) {
    const auto reaches = [target](const CurvePoint& point) { return point.value >= target; };
    const auto next = std::ranges::find_if(curve, reaches);
    if (next == curve.end()) return std::nullopt;
    if (next == curve.begin()) return next->labels;
    const auto& [labels, value] = *(next - 1);
    return labels + (next->labels - labels) * (target - value) / (next->value - value);
}

std::vector<BandPoint> band(std::span<const LearningCurve> curves) {
    const auto range = shared_range(curves);
    if (!range) return {};
    std::set<double> counts;
    for (const auto& curve : curves)
        for (const auto& point : curve)
            if (point.labels >= range->from && point.labels <= range->to)
                counts.insert(point.labels);
    std::vector<BandPoint> points;
    std::vector<double> values(curves.size());
    for (const double labels : counts) {
        for (std::size_t i = 0; i < curves.size(); ++i) values[i] = value_at(curves[i], labels);
        points.push_back({labels, summarize(values)});
    }
    return points;
}

}  // namespace trommel::learning
