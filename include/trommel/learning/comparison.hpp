// Comparison: ways to choose against a baseline, by the areas under their learning curves.
#pragma once

#include "trommel/learning/learning_curve.hpp"
#include "trommel/learning/paired_test.hpp"
#include "trommel/learning/summary.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trommel::learning {

/// The learning curves of one way to choose, each under what it is paired by: its seed.
using CurvesBySeed = std::map<std::string, LearningCurve>;

enum class Verdict {
    gain,         ///< better than the baseline
    loss,         ///< worse
    no_evidence,  ///< the differences are such as chance makes them
    untested      ///< too few pairs, or differences without any variance
};

/// One way against its baseline, over the seeds that both have.
struct Contrast {
    std::size_t baseline = 0;  ///< the way it is compared with
    Summary gain{};            ///< of the areas' differences; above 0 is better than the baseline
    WinTieLoss record{};
    std::optional<double> t_p{};              ///< paired t-test
    std::optional<double> t_p_holm{};         ///< corrected for all contrasts
    std::optional<double> wilcoxon_p{};       ///< signed ranks
    std::optional<double> wilcoxon_p_holm{};  ///< corrected for all contrasts
    Verdict verdict = Verdict::untested;      ///< by `t_p_holm` at 0.05
};

/// Every way with a baseline against it; ways[baselines[i]] is that of ways[i]. Areas are over
/// `range`, which every curve covers. Nothing for ways without a baseline and those that share no
/// seed with it.
///
/// The verdict uses the t-test, chosen beforehand, because areas are means of many measurements
/// and signed ranks need six seeds to show anything; theirs appears beside it for those who doubt
/// that the differences are near to normal.
std::vector<std::optional<Contrast>> contrast(std::span<const CurvesBySeed> ways,
                                              std::span<const std::optional<std::size_t>> baselines,
                                              LabelRange range);

}  // namespace trommel::learning
