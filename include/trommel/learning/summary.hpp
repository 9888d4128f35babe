// Summary: some numbers as a mean with its spread and its uncertainty.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace trommel::learning {

/// One or more numbers, such as what each of ten seeds measured.
struct Summary {
    std::size_t count = 0;
    double mean = 0;
    double deviation = 0;  ///< standard deviation, an estimate with count - 1; 0 of a single number
    /// The 95 % confidence interval of the mean is mean ± margin; none of a single number, about
    /// whose spread nothing is known.
    std::optional<double> margin{};
};

/// By Student's t with count - 1 degrees of freedom; Student, "The Probable Error of a Mean",
/// Biometrika 1908. Equal numbers give exactly that number, deviation 0 and margin 0. Throws
/// DataError when there are no numbers or one is not finite.
Summary summarize(std::span<const double> numbers);

/// Of numbers where nothing means one that is greater than all others, such as "never": the
/// middle one, or halfway between the middle two; nothing when that is not finite.
std::optional<double> median(std::span<const std::optional<double>> numbers);

}  // namespace trommel::learning
