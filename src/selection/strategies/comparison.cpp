#include "selection/strategies/comparison.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace trommel::selection {
namespace {

/// Not a power of two, whose columns would share a few lines of the cache.
constexpr std::size_t row_of_squares = part_rows + 4;

}  // namespace

/// Rows of a part, widened where they must be.
class Comparison::RowBlock {
public:
    RowBlock(const Comparison& of, const RowRange& part) {
        const Rows& rows = of.rows_;
        if (rows.precision != Precision::f32) widened_.resize(part.count * rows.dimensions);
        for (std::size_t i = 0; i < part.count; ++i) {
            float* room = widened_.empty() ? nullptr : widened_.data() + i * rows.dimensions;
            const auto sample = of.samples_[of.order_[part.first + i]];
            pointers_.push_back(single(rows, sample, kernels(), room));
        }
    }

    std::size_t size() const { return pointers_.size(); }

    /// Four rows from `first` on; the last one appears in for those that are not there.
    void four(std::size_t first, std::array<const float*, tile_rows>& rows) const {
        for (std::size_t k = 0; k < rows.size(); ++k)
            rows[k] = pointers_[std::min(first + k, size() - 1)];
    }

private:
    std::vector<float> widened_{};
    std::vector<const float*> pointers_{};
};

Comparison::Comparison(const Task& task,
                       const Rows& rows,
                       std::span<const SampleIndex> samples,
                       std::span<const std::uint32_t> order,
                       std::span<const RowRange> parts)
    : task_(task),
      rows_(rows),
      samples_(samples),
      order_(order),
      parts_(parts),
      mutexes_(parts.size()) {}

void Comparison::begin(Nearest& result, std::size_t count) {
    result_ = &result;
    result.count = count;
    result.squared.assign(samples_.size() * count, std::numeric_limits<float>::infinity());
    result.others.assign(samples_.size() * count, std::numeric_limits<std::uint32_t>::max());
}

void Comparison::compare(std::size_t part, std::size_t other) {
    poll(task_);
    const RowBlock mine(*this, parts_[part]);
    const RowBlock others(*this, parts_[other]);
    thread_local std::vector<float> squares(part_rows * row_of_squares);
    measure(mine, others, squares);
    {
        const std::lock_guard lock(mutexes_[part]);
        keep(parts_[part], parts_[other], squares.data(), false);
    }
    if (other == part) return;
    const std::lock_guard lock(mutexes_[other]);
    keep(parts_[other], parts_[part], squares.data(), true);
}

void Comparison::measure(const RowBlock& mine,
                         const RowBlock& others,
                         std::span<float> squares) const {
    for (std::size_t i = 0; i < mine.size(); i += 4) {
        std::array<const float*, tile_rows> four{};
        mine.four(i, four);
        for (std::size_t j = 0; j < others.size(); j += 4) {
            std::array<const float*, tile_rows> against{};
            others.four(j, against);
            std::array<float, 4 * tile_rows> tile{};
            kernels().tile(four.data(), against.data(), rows_.dimensions, tile.data());
            for (std::size_t e = 0; e < 4; ++e)
                std::copy_n(tile.begin() + 4 * e, 4, &squares[(i + e) * row_of_squares + j]);
        }
    }
}

/// Lets the samples of a part know those of another; `is_across`: the part's are the columns.
void Comparison::keep(const RowRange& part,
                      const RowRange& other,
                      const float* squares,
                      bool is_across) {
    const std::size_t down = is_across ? 1 : row_of_squares;
    const std::size_t across = is_across ? row_of_squares : 1;
    for (std::size_t i = 0; i < part.count; ++i) {
        const std::size_t mine = order_[part.first + i];
        const float& farthest = result_->squared[(mine + 1) * result_->count - 1];
        for (std::size_t j = 0; j < other.count; ++j) {
            const float squared = squares[i * down + j * across];
            if (squared <= farthest) insert(mine, order_[other.first + j], squared);
        }
    }
}

void Comparison::insert(std::size_t mine, std::size_t other, float squared) {
    if (mine == other) return;
    const std::size_t count = result_->count;
    float* least = result_->squared.data() + mine * count;
    std::uint32_t* others = result_->others.data() + mine * count;
    const auto position = static_cast<std::uint32_t>(other);
    const auto is_behind = [&](std::size_t k) {
        return least[k] > squared || (least[k] == squared && others[k] > position);
    };
    std::size_t place = count;
    for (; place > 0 && is_behind(place - 1); --place) {
        if (place == count) continue;
        least[place] = least[place - 1];
        others[place] = others[place - 1];
    }
    if (place == count) return;
    least[place] = squared;
    others[place] = position;
}

}  // namespace trommel::selection
