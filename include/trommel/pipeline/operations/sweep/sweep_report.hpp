#pragma once

#include "trommel/pipeline/operations/sweep/comparison.hpp"

#include <string>

namespace trommel {

/// One HTML file that needs no other: the mean curve of each way as SVG with its 95 % interval as a
/// band, the table of the comparison, a sentence on each way, and how all of it was computed.
std::string to_html(const SweepPlan& plan, const SweepComparison& comparison);

}  // namespace trommel
