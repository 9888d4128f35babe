// What scores of committees share.
#pragma once

#include "trommel/core/matrix.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace trommel::scoring {

/// How many members vote for each class.
inline std::vector<double> votes(const Probabilities& probs) {
    std::vector<double> counts(std::max<std::size_t>(probs.cols(), 2));
    for (std::size_t member = 0; member < probs.rows(); ++member) {
        const auto row = probs.row(member);
        const auto likeliest = std::max_element(row.begin(), row.end()) - row.begin();
        const bool is_second = probs.cols() == 1 && row[0] < 0.5;  // of p, 1 - p
        ++counts[is_second ? 1 : static_cast<std::size_t>(likeliest)];
    }
    return counts;
}

inline std::vector<double> mean_of(const Probabilities& probs) {
    std::vector<double> mean(probs.cols());
    for (std::size_t member = 0; member < probs.rows(); ++member)
        for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += probs(member, j);
    for (double& p : mean) p /= static_cast<double>(probs.rows());
    return mean;
}

/// Of the largest entropy of so many.
inline double fraction_of_log2(double value, std::size_t count) {
    if (count < 2 || value <= 0) return 0;  // -0, too, which would be written so
    return std::min(value / std::log2(static_cast<double>(count)), 1.0);
}

}  // namespace trommel::scoring
