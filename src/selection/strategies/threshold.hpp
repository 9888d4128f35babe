#pragma once

#include "selection/shared.hpp"

#include <deque>

namespace trommel::selection {

/// Whether the candidate at `place` is within each of them.
bool is_within(const std::vector<Threshold>& thresholds, std::size_t place);

/// A task without the candidates that its thresholds leave out, and the numbers of those that stay:
/// of what is chosen already all, as others are compared with it.
class Filtered {
public:
    /// Throws DataError where a threshold has not one number for each candidate, or what is kept
    /// has not.
    explicit Filtered(const Task& task);
    Filtered(const Filtered&) = delete;
    Filtered& operator=(const Filtered&) = delete;

    /// Views this.
    const Task& task() const { return task_; }

private:
    std::span<const double> keep(std::span<const double> values);
    const Probabilities* keep(const Probabilities* rows);
    void check_count(std::size_t values) const;

    std::size_t count_;  ///< of candidates, before
    std::vector<std::size_t> kept_{};
    std::vector<SampleIndex> candidates_{};
    std::deque<std::vector<double>> values_{};
    std::deque<Probabilities> rows_{};
    Task task_;
};

}  // namespace trommel::selection
