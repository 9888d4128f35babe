#include "trommel/scoring/row_scorer.hpp"

#include "scoring/arithmetic.hpp"
#include "scoring/row_kernels.hpp"
#include "trommel/core/error.hpp"
#include "trommel/scoring/probabilities.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

namespace trommel::scoring {
namespace {

/// Rows that are scored together: what is found of them stays in the first cache.
constexpr std::size_t block_rows = 256;

/// What is found of a block's rows.
template <typename T>
struct Found {
    std::array<T, block_rows> largest;
    std::array<T, block_rows> second;
    std::array<T, block_rows> neg_entropy;
};

template <typename T>
bool is_distribution(std::span<const T> row) {
    std::vector<double> probs(row.begin(), row.end());
    return !probability_fault(probs);
}

}  // namespace

struct RowScorer::Plan {
    Plan(std::span<const RowKernel> kernels, std::size_t classes)
        : columns(std::max<std::size_t>(classes, 2)),
          order(columns),
          instructions(instruction_sets().back()),
          with_entropy(std::ranges::any_of(kernels, is_entropy)) {
        std::vector<double> certain(columns, 0.0);
        certain[0] = 1;
        const std::vector<double> uniform(columns, 1 / static_cast<double>(columns));
        for (const auto& one : kernels) {
            const auto* const measure = std::get_if<Uncertainty>(&one);
            ends.push_back(measure == nullptr ? Ends{}
                                              : Ends{.low = raw_of(*measure, certain),
                                                     .high = raw_of(*measure, uniform)});
        }
    }

    static bool is_entropy(const RowKernel& kernel) {
        const auto* const measure = std::get_if<Uncertainty>(&kernel);
        return measure != nullptr && *measure == Uncertainty::entropy;
    }

    struct Ends {
        double low = 0;   ///< the measure of a row with one certain class
        double high = 1;  ///< the measure of a row of equally likely classes
    };

    /// Uses rows of `columns` numbers; whether each is plainly a distribution.
    template <typename T>
    bool look_at(const T* values, std::size_t rows, Found<T>& found) const {
        return measure_rows<T>({.values = values,
                                .rows = rows,
                                .classes = columns,
                                .order = &order,
                                .largest = found.largest.data(),
                                .second = found.second.data(),
                                .neg_entropy = with_entropy ? found.neg_entropy.data() : nullptr},
                               instructions);
    }

    /// The measure of one row, between 0 and the logarithm of the columns, unmapped.
    double raw_of(Uncertainty measure, const std::vector<double>& row) const {
        Found<double> found;
        look_at(row.data(), 1, found);
        switch (measure) {
            case Uncertainty::least_confidence:
                return 1 - found.largest[0];
            case Uncertainty::margin:
                return 1 - (found.largest[0] - found.second[0]);
            case Uncertainty::ratio:
                return found.second[0] / found.largest[0];
            case Uncertainty::entropy:
                break;
        }
        return -found.neg_entropy[0];
    }

    /// Writes the scores of what was found.
    template <typename T>
    void map(std::size_t m,
             Uncertainty measure,
             const Found<T>& found,
             std::size_t rows,
             double* out) const {  // NOLINT(readability-non-const-parameter): map_rows fills it
        map_rows<T>({.measure = measure,
                     .low = ends[m].low,
                     .high = ends[m].high,
                     .rows = rows,
                     .largest = found.largest.data(),
                     .second = found.second.data(),
                     .neg_entropy = found.neg_entropy.data(),
                     .out = out},
                    instructions);
    }

    std::size_t columns;  ///< classes, or two for one
    SumOrder order;
    Instructions instructions;
    bool with_entropy;
    std::vector<Ends> ends{};  ///< by kernel
};

RowScorer::RowScorer(std::vector<RowKernel> kernels, std::size_t classes)
    : kernels_(std::move(kernels)), classes_(classes) {
    if (classes == 0) throw DataError("a sample has no class probabilities; give at least one");
    plan_ = std::make_shared<const Plan>(kernels_, classes);
}

namespace {

/// Each number and what is missing to 1, one after the other, to `both`.
template <typename T>
void write_with_complements(std::span<const T> values, T* both) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        both[2 * i] = values[i];
        both[2 * i + 1] = 1 - values[i];
    }
}

/// A function of one row after the other, to `out` (rows).
template <typename T>
void score_each(const RowFunction& score,
                std::span<const T> rows,
                std::size_t classes,
                double* out) {  // NOLINT(readability-non-const-parameter): it is filled
    std::vector<double> row(classes);
    for (std::size_t i = 0; i < rows.size() / classes; ++i) {
        std::ranges::copy(rows.subspan(i * classes, classes), row.begin());
        out[i] = finite(score(row));
    }
}

struct RowRange {
    std::size_t begin;
    std::size_t end;
};

template <typename T>
void find_faulty(std::span<const T> probs,
                 std::size_t classes,
                 RowRange rows,
                 std::vector<std::size_t>& faulty) {
    for (std::size_t i = rows.begin; i < rows.end; ++i)
        if (!is_distribution(probs.subspan(i * classes, classes))) faulty.push_back(i);
}

}  // namespace

template <typename T>
void RowScorer::score(std::span<const T> probs,
                      std::span<double* const> out,
                      std::vector<std::size_t>* faulty) const {
    assert(probs.size() % classes_ == 0 && out.size() == kernels_.size());
    const std::size_t rows = probs.size() / classes_;
    Found<T> found;
    std::array<T, 2 * block_rows> both;
    for (std::size_t first = 0; first < rows; first += block_rows) {
        const std::size_t count = std::min(rows - first, block_rows);
        const T* values = probs.data() + first * classes_;
        if (classes_ == 1) {
            write_with_complements(probs.subspan(first, count), both.data());
            values = both.data();
        }
        const bool is_plain = plan_->look_at(values, count, found);
        for (std::size_t m = 0; m < kernels_.size(); ++m)
            if (const auto* const measure = std::get_if<Uncertainty>(&kernels_[m]))
                plan_->map(m, *measure, found, count, out[m] + first);
            else
                score_each(std::get<RowFunction>(kernels_[m]),
                           std::span(values, count * plan_->columns),
                           plan_->columns,
                           out[m] + first);
        if (!is_plain && faulty != nullptr)
            find_faulty(probs, classes_, {first, first + count}, *faulty);
    }
}

void RowScorer::operator()(std::span<const double> probs,
                           std::span<double* const> out,
                           std::vector<std::size_t>* faulty) const {
    score(probs, out, faulty);
}

void RowScorer::operator()(std::span<const float> probs,
                           std::span<double* const> out,
                           std::vector<std::size_t>* faulty) const {
    score(probs, out, faulty);
}

void RowScorer::operator()(std::span<const double> probs,
                           Precision written,
                           std::span<double* const> out,
                           std::vector<std::size_t>* faulty) const {
    if (written == Precision::f64) return score(probs, out, faulty);
    const std::vector<float> singles(probs.begin(), probs.end());
    score(std::span(singles), out, faulty);
}

}  // namespace trommel::scoring
