#include "selection/strategies/nearest.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <limits>
#include <mutex>

namespace trommel::selection {
namespace {

/// The rows of two blocks and their distances stay in the cache of a core.
constexpr std::size_t block_rows = 128;
/// Not a power of two, whose columns would share a few lines of the cache.
constexpr std::size_t row_of_squares = block_rows + 4;

/// Rows of some samples, widened where they must be.
class RowBlock {
public:
    RowBlock(const Rows& rows, std::span<const SampleIndex> samples) {
        if (rows.precision != Precision::f32) widened_.resize(samples.size() * rows.dimensions);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            float* room = widened_.empty() ? nullptr : widened_.data() + i * rows.dimensions;
            pointers_.push_back(single(rows, samples[i], kernels(), room));
        }
    }

    std::size_t size() const { return pointers_.size(); }

    /// Four rows from `first` on; the last one stands in for those that are not there.
    void four(std::size_t first, const float** rows) const {
        for (std::size_t k = 0; k < 4; ++k) rows[k] = pointers_[std::min(first + k, size() - 1)];
    }

private:
    std::vector<float> widened_{};
    std::vector<const float*> pointers_{};
};

/// All samples against all, block by block, every pair once.
class Comparison {
public:
    Comparison(const Task& task,
               const Rows& rows,
               std::span<const SampleIndex> samples,
               Nearest& result)
        : task_(task), rows_(rows), samples_(samples), result_(result), mutexes_(parts()) {}

    std::size_t parts() const { return (samples_.size() + block_rows - 1) / block_rows; }

    /// Compares a part with itself and those behind it. Several threads may do so with different
    /// parts: which of them is first does not matter, since equals are told apart by position.
    void compare(std::size_t part) {
        const auto mine = block(part);
        std::vector<float> squares(block_rows * row_of_squares);
        for (std::size_t other = part; other < parts(); ++other) {
            poll(task_);
            const auto others = block(other);
            measure(mine, others, squares);
            keep(part, mine.size(), other, others.size(), squares.data(), row_of_squares, 1);
            if (other != part)
                keep(other, others.size(), part, mine.size(), squares.data(), 1, row_of_squares);
        }
    }

private:
    RowBlock block(std::size_t part) const {
        const std::size_t first = part * block_rows;
        return {rows_, samples_.subspan(first, std::min(block_rows, samples_.size() - first))};
    }

    void measure(const RowBlock& mine, const RowBlock& others, std::vector<float>& squares) const {
        for (std::size_t i = 0; i < mine.size(); i += 4) {
            const float* four[4];
            mine.four(i, four);
            for (std::size_t j = 0; j < others.size(); j += 4) {
                const float* against[4];
                others.four(j, against);
                float tile[16];
                kernels().tile(four, against, rows_.dimensions, tile);
                for (std::size_t e = 0; e < 4; ++e)
                    std::copy_n(tile + 4 * e, 4, &squares[(i + e) * row_of_squares + j]);
            }
        }
    }

    /// Lets the rows of a part know those of another; square (i, j) is at i * down + j * across.
    void keep(std::size_t part,
              std::size_t rows,
              std::size_t other,
              std::size_t others,
              const float* squares,
              std::size_t down,
              std::size_t across) {
        const std::lock_guard lock(mutexes_[part]);
        for (std::size_t i = 0; i < rows; ++i) {
            const std::size_t mine = part * block_rows + i;
            float farthest = result_.squared[(mine + 1) * result_.count - 1];
            for (std::size_t j = 0; j < others; ++j) {
                const float squared = squares[i * down + j * across];
                if (squared > farthest) continue;
                insert(mine, other * block_rows + j, squared);
                farthest = result_.squared[(mine + 1) * result_.count - 1];
            }
        }
    }

    void insert(std::size_t mine, std::size_t other, float squared) {
        if (mine == other) return;
        float* least = result_.squared.data() + mine * result_.count;
        std::uint32_t* others = result_.others.data() + mine * result_.count;
        const auto position = static_cast<std::uint32_t>(other);
        const auto is_behind = [&](std::size_t k) {
            return least[k] > squared || (least[k] == squared && others[k] > position);
        };
        std::size_t place = result_.count;
        for (; place > 0 && is_behind(place - 1); --place) {
            if (place == result_.count) continue;
            least[place] = least[place - 1];
            others[place] = others[place - 1];
        }
        if (place == result_.count) return;
        least[place] = squared;
        others[place] = position;
    }

    const Task& task_;
    Rows rows_;
    std::span<const SampleIndex> samples_;
    Nearest& result_;
    std::vector<std::mutex> mutexes_;  ///< (parts) of what is known of their rows
};

}  // namespace

Nearest nearest_of(const Task& task,
                   const Rows& rows,
                   std::span<const SampleIndex> samples,
                   std::size_t count) {
    constexpr auto nobody = std::numeric_limits<std::uint32_t>::max();
    Nearest result{.count = count};
    result.squared.assign(samples.size() * count, std::numeric_limits<float>::infinity());
    result.others.assign(samples.size() * count, nobody);
    Comparison comparison(task, rows, samples, result);
    in_parallel(comparison.parts(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part) comparison.compare(part);
    });
    return result;
}

std::vector<float> squared_to_nearest(const Task& task,
                                      const Rows& rows,
                                      std::span<const Place> places,
                                      std::size_t count) {
    std::vector<SampleIndex> samples;
    for (const auto place : places) samples.push_back(task.pool.candidates[place]);
    return nearest_of(task, rows, samples, count).squared;
}

}  // namespace trommel::selection
