#pragma once

#include "trommel/scoring/score_type.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace trommel::scoring {

/// The normalised uncertainties of many rows at once, as NormalizedUncertainty gives them one by
/// one (entropy within 4 units in the last place, the others to the last bit), at the speed of
/// memory; scores that are functions of a row are computed row by row beside them.
///
/// Vectorised for the widest instruction set of the machine; results do not depend on it. Rows are
/// independent of one another, so parts of an array may be scored by several threads: the scorer is
/// not changed by its use, and nothing is allocated.
class RowScorer {
public:
    /// `classes` is the rows' width; one column p is taken as p, 1 - p. Throws DataError on none.
    RowScorer(std::vector<RowKernel> kernels, std::size_t classes);

    std::size_t classes() const { return classes_; }

    /// `probs` (rows, classes); column m of `out` (rows), which has one for each kernel, gets
    /// what kernel m makes of them. Adds to `faulty`, if there is one, the rows that are not
    /// distribution over classes, for which see probability_fault: their scores are those of what
    /// the row holds, NaN as 0.
    void operator()(std::span<const double> probs,
                    std::span<double* const> out,
                    std::vector<std::size_t>* faulty = nullptr) const;
    /// Measured in single precision, as numpy does, then mapped in double.
    void operator()(std::span<const float> probs,
                    std::span<double* const> out,
                    std::vector<std::size_t>* faulty = nullptr) const;
    /// In the precision in which the numbers were written.
    void operator()(std::span<const double> probs,
                    Precision written,
                    std::span<double* const> out,
                    std::vector<std::size_t>* faulty = nullptr) const;

private:
    struct Plan;
    template <typename T>
    void score(std::span<const T> probs,
               std::span<double* const> out,
               std::vector<std::size_t>* faulty) const;

    std::vector<RowKernel> kernels_;
    std::size_t classes_;
    std::shared_ptr<const Plan> plan_;
};

}  // namespace trommel::scoring
