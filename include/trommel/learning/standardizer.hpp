#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/core/sample.hpp"

#include <span>
#include <vector>

namespace trommel::learning {

/// Brings every dimension to mean 0 and standard deviation 1 over a given set of samples, such as
/// the pool, so that a fit's penalty treats dimensions alike.
///
/// A dimension that is constant over that set becomes 0 for every sample.
class Standardizer {
public:
    /// Leaves features as they are.
    static Standardizer none() { return {}; }

    /// Measured over the rows `samples` of `features` (samples of the dataset, dimensions). Throws
    /// DataError when there are none, or a feature is not finite.
    static Standardizer over(const Matrix& features, std::span<const SampleIndex> samples);

    /// One that was measured before, by its means() and factors() (dimensions).
    static Standardizer by(std::vector<double> means, std::vector<double> factors);

    bool is_none() const { return none_; }
    const std::vector<double>& means() const { return means_; }
    const std::vector<double>& factors() const { return factors_; }

    /// Throws DataError when `features` (any samples, dimensions) have other dimensions than those
    /// measured.
    Matrix apply(const Matrix& features) const;

private:
    bool none_ = true;
    std::vector<double> means_;
    std::vector<double>
        factors_;  ///< 1 / standard deviation (of the set, not of an estimate), or 0
};

}  // namespace trommel::learning
