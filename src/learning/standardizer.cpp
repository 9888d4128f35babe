#include "trommel/learning/standardizer.hpp"

#include "learning/features.hpp"
#include "trommel/core/error.hpp"

#include <cmath>

namespace trommel::learning {
namespace {

/// 1 / standard deviation of one dimension, or 0 if it is constant.
///
/// Whether it is constant is asked of the values: the variance of equal values need not round to 0.
double factor(const Matrix& features,
              std::span<const SampleIndex> samples,
              std::size_t dimension,
              double mean) {
    const float first = features(samples[0], dimension);
    bool constant = true;
    double squares = 0;
    for (const auto sample : samples) {
        const float x = features(sample, dimension);
        constant = constant && x == first;
        squares += (x - mean) * (x - mean);
    }
    return constant ? 0 : 1 / std::sqrt(squares / static_cast<double>(samples.size()));
}

}  // namespace

Standardizer Standardizer::over(const Matrix& features, std::span<const SampleIndex> samples) {
    if (samples.empty()) {
        throw DataError("standardising needs samples to measure on, and there are none");
    }
    Standardizer result;
    result.none_ = false;
    result.means_.resize(features.cols());
    result.factors_.resize(features.cols());
    for (const auto sample : samples) {
        require_finite(features.row(sample), sample);
        for (std::size_t j = 0; j < features.cols(); ++j) result.means_[j] += features(sample, j);
    }
    for (std::size_t j = 0; j < features.cols(); ++j) {
        result.means_[j] /= static_cast<double>(samples.size());
        result.factors_[j] = factor(features, samples, j, result.means_[j]);
    }
    return result;
}

Standardizer Standardizer::by(std::vector<double> means, std::vector<double> factors) {
    Standardizer result;
    result.none_ = false;
    result.means_ = std::move(means);
    result.factors_ = std::move(factors);
    return result;
}

Matrix Standardizer::apply(const Matrix& features) const {
    if (none_) return features;
    require_dimensions(features, means_.size(), "the standardisation");
    Matrix result(features.rows(), features.cols());
    for (std::size_t i = 0; i < features.rows(); ++i) {
        for (std::size_t j = 0; j < features.cols(); ++j) {
            result(i, j) = static_cast<float>((features(i, j) - means_[j]) * factors_[j]);
        }
    }
    return result;
}

}  // namespace trommel::learning
