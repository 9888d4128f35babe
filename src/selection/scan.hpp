// Passes over what is known of all candidates.
#pragma once

#include "selection/candidates.hpp"
#include "selection/priority.hpp"

#include <vector>

namespace trommel::selection {

/// The highest priority that any candidate may have; Priority::none if all are chosen.
double highest(const Bounds& bounds, const Priority& priority);

/// About the priority of rank `count`: that of one candidate of a sample; Priority::none if all of
/// them are chosen. `least` is a guess below it, which saves sorting what is far below.
double priority_of_rank(const Bounds& bounds,
                        const Priority& priority,
                        std::size_t count,
                        double least);

/// The candidates whose priority may be `threshold` or more, ascending.
std::vector<Place> at_least(const Bounds& bounds, const Priority& priority, double threshold);

/// The first of those, at most `most`.
std::vector<Place> first_at_least(const Bounds& bounds,
                                  const Priority& priority,
                                  double threshold,
                                  std::size_t most);

}  // namespace trommel::selection
