// What all scores of classification need to know of a row, found in one pass over the numbers.
#pragma once

#include "trommel/scoring/probabilities.hpp"
#include "trommel/scoring/uncertainty.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace trommel::scoring {

/// Instruction sets that the kernels are compiled for. Results are the same to the last bit.
enum class Instructions { portable, avx2, avx512 };

/// Those of this machine, the widest last.
std::span<const Instructions> instruction_sets();

/// In which order numpy adds the terms of a row: leaves of at most 128 terms, from the left, after
/// each of which the last `merges + 1` sums become one, two by two from the right.
struct SumOrder {
    struct Leaf {
        std::uint32_t terms = 0;
        std::uint32_t merges = 0;
    };

    explicit SumOrder(std::size_t terms);

    std::vector<Leaf> leaves{};
};

/// Some rows of at least two classes, and where to put what is found: each an array (rows).
template <typename T>
struct RowBlock {
    const T* values = nullptr;  ///< (rows, classes)
    std::size_t rows = 0;
    std::size_t classes = 0;
    const SumOrder* order = nullptr;  ///< of `classes` terms

    T* largest = nullptr;      ///< largest and second are both NaN where one of the values is
    T* second = nullptr;       ///< second largest
    T* neg_entropy = nullptr;  ///< sum p log2 p, in numpy's order; null: not asked for
};

/// A sum this far from one may be no distribution's.
inline constexpr float sum_doubt = static_cast<float>(sum_tolerance / 2);

/// For `float` and `double`. Whether each row is plainly a distribution: no value below 0, the sum
/// within `sum_doubt` of one; the rows' own check, which costs more, must use others.
template <typename T>
bool measure_rows(const RowBlock<T>& block, Instructions instructions);

/// Some rows' measures, as found, each mapped linearly from [low, high] to [0, 1] and held there;
/// NaN is 0.
template <typename T>
struct Mapping {
    Uncertainty measure{};
    double low = 0;
    double high = 1;
    std::size_t rows = 0;
    const T* largest = nullptr;
    const T* second = nullptr;
    const T* neg_entropy = nullptr;
    double* out = nullptr;
};

/// For `float` and `double`.
template <typename T>
void map_rows(const Mapping<T>& mapping, Instructions instructions);

}  // namespace trommel::scoring
