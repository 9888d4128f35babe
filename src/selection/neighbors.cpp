#include "selection/neighbors.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>

namespace trommel::selection {

float Neighbors::List::worst() const {
    return count < most ? std::numeric_limits<float>::infinity() : squares[most - 1];
}

void Neighbors::List::insert(std::uint32_t center, float square) {
    if (!(square < worst())) return;
    std::uint32_t place = count < most ? count++ : most - 1;
    for (; place > 0 && squares[place - 1] > square; --place) {
        squares[place] = squares[place - 1];
        centers[place] = centers[place - 1];
    }
    squares[place] = square;
    centers[place] = center;
}

/// One thread's part: some new centres against all before them.
class Neighbors::Linking {
public:
    Linking(std::vector<List>& lists,
            std::size_t before,
            const Centers& centers,
            const Codes* codes,
            const Kernels& kernels)
        : lists_(lists), before_(before), centers_(centers), codes_(codes), kernels_(kernels) {}

    /// At most filter_rows centres from `first` on; they belong to this thread.
    void link(std::size_t first, std::size_t end) {
        for (std::size_t block = 0; block * block_size < end; ++block) {
            std::array<float, filter_rows * block_size> squares;
            if (codes_ != nullptr) {
                compare_codes(first, end, block, squares.data());
            } else {
                compare_rows(first, end, block, squares.data());
            }
            for (std::size_t i = first; i < end; ++i)
                keep(i, block, squares.data() + (i - first) * block_size);
        }
    }

    /// What belongs into the lists of centres that are not this thread's.
    std::span<const Pair> pairs() const { return pairs_; }

private:
    void keep(std::size_t center, std::size_t block, const float* squares) {
        const std::size_t begin = block * block_size;
        const std::size_t count = std::min(block_size, center - std::min(center, begin));
        List& own = lists_[center];
        for (std::size_t j = 0; j < count; ++j) {
            const auto other = static_cast<std::uint32_t>(begin + j);
            const bool is_near = squares[j] < own.worst();
            if (is_near) own.insert(other, squares[j]);
            // Another thread may be writing the list of a new centre.
            if (other < before_ ? squares[j] < lists_[other].worst() : is_near)
                pairs_.push_back({other, static_cast<std::uint32_t>(center), squares[j]});
        }
    }

    void compare_codes(std::size_t first,
                       std::size_t end,
                       std::size_t block,
                       float* squares) const {
        CodedRows rows{};
        for (std::size_t i = 0; i < filter_rows; ++i) {
            const std::size_t center = std::min(first + i, end - 1);
            rows.bytes[i] = centers_.code(center);
            rows.norms[i] = centers_.norm(center);
        }
        std::array<std::uint16_t, filter_rows> masks;
        kernels_.filter(rows, centers_.coded_block(block), codes_->bytes(), squares, masks.data());
        const float unit = codes_->scale().step * codes_->scale().step;
        for (std::size_t i = 0; i < filter_rows * block_size; ++i) squares[i] *= unit;
    }

    void compare_rows(std::size_t first, std::size_t end, std::size_t block, float* squares) const {
        for (std::size_t i = 0; i < filter_rows; i += tile_rows) {
            std::array<const float*, tile_rows> rows;
            for (std::size_t k = 0; k < tile_rows; ++k)
                rows[k] = centers_.row(std::min(first + i + k, end - 1));
            for (std::size_t j = 0; j < block_size; j += 4)
                compare_tile(rows.data(), block, j, squares + i * block_size);
        }
    }

    void compare_tile(const float* const* rows,
                      std::size_t block,
                      std::size_t j,
                      float* squares) const {
        std::array<const float*, 4> others;
        for (std::size_t k = 0; k < 4; ++k) others[k] = centers_.row(block * block_size + j + k);
        std::array<float, tile_rows * 4> tile;
        kernels_.tile(rows, others.data(), centers_.dimensions(), tile.data());
        for (std::size_t i = 0; i < tile_rows; ++i)
            std::copy_n(tile.data() + i * 4, 4, squares + i * block_size + j);
    }

    std::vector<List>& lists_;
    std::size_t before_;
    const Centers& centers_;
    const Codes* codes_;
    const Kernels& kernels_;
    std::vector<Pair> pairs_{};
};

void Neighbors::link(const Centers& centers, const Codes* codes, const Kernels& kernels) {
    const std::size_t before = lists_.size();
    lists_.resize(centers.count());
    const std::size_t groups = (centers.count() - before + filter_rows - 1) / filter_rows;
    std::mutex mutex;
    std::vector<Pair> pairs;
    in_parallel(groups, 1, [&](std::size_t begin, std::size_t end) {
        Linking linking(lists_, before, centers, codes, kernels);
        for (std::size_t group = begin; group < end; ++group) {
            const std::size_t first = before + group * filter_rows;
            linking.link(first, std::min(first + filter_rows, centers.count()));
        }
        const std::lock_guard lock(mutex);
        pairs.insert(pairs.end(), linking.pairs().begin(), linking.pairs().end());
    });
    for (const auto& pair : pairs) lists_[pair.to].insert(pair.center, pair.square);
}

}  // namespace trommel::selection
