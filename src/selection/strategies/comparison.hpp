#pragma once

#include "selection/strategies/nearest.hpp"

#include <mutex>
#include <span>
#include <vector>

namespace trommel::selection {

/// Samples are compared so many with so many: the rows of two parts and their distances stay in the
/// cache of a core.
inline constexpr std::size_t part_rows = 128;

/// Places [first, first + count) of an order; count is at most part_rows.
struct RowRange {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// Lets samples know their nearest, part by part of an order that they are in.
class Comparison {
public:
    /// `order` has positions among `samples`, each once; `parts` are places in it. All outlive
    /// this.
    Comparison(const Task& task,
               const Rows& rows,
               std::span<const SampleIndex> samples,
               std::span<const std::uint32_t> order,
               std::span<const RowRange> parts);

    /// For `result`, of which nothing is known yet.
    void begin(Nearest& result, std::size_t count);

    /// Compares the samples of a part with those of another, or with each other. Several threads
    /// may do so at once: which of them is first does not matter, since equals are told apart by
    /// position.
    void compare(std::size_t part, std::size_t other);

private:
    class RowBlock;

    void measure(const RowBlock& mine, const RowBlock& others, std::span<float> squares) const;
    void keep(const RowRange& part, const RowRange& other, const float* squares, bool is_across);
    void insert(std::size_t mine, std::size_t other, float squared);

    const Task& task_;
    Rows rows_;
    std::span<const SampleIndex> samples_;
    std::span<const std::uint32_t> order_;
    std::span<const RowRange> parts_;
    Nearest* result_ = nullptr;
    std::vector<std::mutex> mutexes_;  ///< (parts) of what is known of their samples
};

}  // namespace trommel::selection
