// Paired tests: whether one of two ways is better, when both were tried on the same seeds.
//
// What they say is about seeds, that is about other splits and initial sets of the same data. Such
// splits share samples, so it says little about other data sets: Nadeau & Bengio, "Inference for
// the Generalization Error", Machine Learning 2003.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace trommel::learning {

/// `a[i] - b[i]`, rounded to 1e-12 of the largest number in `a` and `b`, so that what is equal but
/// for the order of its additions is a tie. Throws DataError when lengths differ or a number is
/// not finite.
std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b);

/// How often the first was greater, equal and less.
struct WinTieLoss {
    std::size_t wins = 0;
    std::size_t ties = 0;
    std::size_t losses = 0;

    friend bool operator==(const WinTieLoss&, const WinTieLoss&) = default;
};

WinTieLoss count_wins(std::span<const double> differences);

/// The two-sided p-value of Student's paired t-test of mean 0 (Student, Biometrika 1908). 1 when
/// all differences are 0. Nothing when there is nothing to test with: fewer than two differences,
/// or all the same and not 0, which shows no variance to measure against, as when nothing depends
/// on the seed.
std::optional<double> paired_t_test(std::span<const double> differences);

/// The two-sided p-value of Wilcoxon's signed-rank test of symmetry about 0: Wilcoxon, "Individual
/// Comparisons by Ranking Methods", Biometrics Bulletin 1945. Exact for any count, ties by their
/// mean rank, zeros after Pratt, "Remarks on Zeros and Ties in the Wilcoxon Signed Rank
/// Procedures", JASA 1959: they are ranked, then their ranks are dropped. 1 when all are 0, nothing
/// when there are none. O(n³) time, O(n²) memory. With fewer than six pairs it cannot fall below
/// 0.05.
std::optional<double> wilcoxon_signed_rank(std::span<const double> differences);

/// Holm's step-down correction: p-values such that rejecting those under a level errs on any of
/// them with at most that probability. Where there is no p-value there was no test, and none to
/// correct for. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian
/// Journal of Statistics 1979.
std::vector<std::optional<double>> holm(std::span<const std::optional<double>> p_values);

}  // namespace trommel::learning
