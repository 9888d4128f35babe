#include "selection/blocks.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

namespace trommel::selection {
namespace {

constexpr std::size_t rows_a_part = 1024;
/// Groups of centres that are looked at together: more are compared with a bound that is too high.
constexpr std::size_t at_once = 2;

/// What every processor has in a register; rows are padded to a multiple of it.
constexpr std::size_t few = 4;
using Few [[gnu::vector_size(few * sizeof(float))]] = float;
/// Of each dimension.
using Wide = std::array<Few, Blocks::most_dimensions / few>;

/// Of the lower 16: std::popcount calls a function where the processor need not have it.
std::size_t count_bits(unsigned mask) {
    mask -= mask >> 1U & 0x5555U;
    mask = (mask & 0x3333U) + (mask >> 2U & 0x3333U);
    return ((mask + (mask >> 4U)) & 0x0f0fU) * 0x0101U >> 8U & 0x1fU;
}

std::size_t width_for(std::size_t dimensions) {
    return std::max<std::size_t>(4, std::bit_ceil(dimensions));
}

/// Puts neighbours next to each other: halves the rows where they are spread most, again and again.
class Halving {
public:
    Halving(const float* rows, std::size_t width, const Poll& poll)
        : rows_(rows), width_(width), poll_(poll) {}

    void put_in_order(std::span<std::uint32_t> rows) const {
        Buffer<Key> keys(rows.size());
        put_in_order(rows, keys.all());
    }

private:
    struct Key {
        float value;
        std::uint32_t row;
    };

    /// Fewer rows are not task of their own.
    static constexpr std::size_t rows_a_task = 2048;
    static constexpr std::size_t sample = 64;  ///< rows that say enough about how they are spread

    void put_in_order(std::span<std::uint32_t> rows, std::span<Key> keys) const {
        if (rows.size() <= block_size) {
            std::ranges::sort(rows);
            return;
        }
        const std::size_t blocks = (rows.size() + block_size - 1) / block_size;
        const std::size_t left = blocks / 2 * block_size;
        halve(rows, keys, left);
        const auto order_half = [&](std::size_t half) {
            if (half == 0) return put_in_order(rows.first(left), keys.first(left));
            put_in_order(rows.subspan(left), keys.subspan(left));
        };
        if (rows.size() < rows_a_task) {
            order_half(0);
            order_half(1);
            return;
        }
        if (poll_) poll_();
        in_parallel(2, 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t half = begin; half < end; ++half) order_half(half);
        });
    }

    /// No value of the first `left` in the dimension they are spread in is above one of the others.
    void halve(std::span<std::uint32_t> rows, std::span<Key> keys, std::size_t left) const {
        const std::size_t j = widest(rows);
        for (std::size_t i = 0; i < rows.size(); ++i)
            keys[i] = {rows_[rows[i] * width_ + j], rows[i]};
        const auto middle = keys.begin() + static_cast<std::ptrdiff_t>(left);
        std::ranges::nth_element(keys, middle, {}, &Key::value);
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = keys[i].row;
    }

    /// The dimension of the largest variance.
    std::size_t widest(std::span<const std::uint32_t> rows) const {
        Wide sums{};
        Wide squares{};
        const std::size_t count = std::min(rows.size(), sample);
        for (std::size_t i = 0; i < count; ++i) {
            const float* row = rows_ + rows[i * rows.size() / count] * width_;
            for (std::size_t j = 0; j < width_; j += few) {
                Few values;
                std::memcpy(&values, row + j, sizeof values);
                sums[j / few] += values;
                squares[j / few] += values * values;
            }
        }
        std::size_t best = 0;
        float most = 0;
        for (std::size_t j = 0; j < width_; ++j) {
            const float sum = sums[j / few][j % few];
            const float spread = squares[j / few][j % few] - sum * sum / static_cast<float>(count);
            if (!(spread > most)) continue;
            most = spread;
            best = j;
        }
        return best;
    }

    const float* rows_;
    std::size_t width_;
    const Poll& poll_;
};

}  // namespace

Blocks::Blocks(const Standing& standing, const Poll& poll)
    : at_(standing),
      poll_(poll),
      width_(width_for(standing.candidates.rows.dimensions)),
      row_(standing.candidates.rows.dimensions) {
    std::vector<Place> open;
    for (std::size_t i = 0; i < at_.candidates.count(); ++i) {
        if (at_.bounds.squared[i] != Bounds::taken) open.push_back(static_cast<Place>(i));
    }
    const auto rows = copies_of(open);
    make_blocks(rows.data(), open);
    make_tree();
}

/// Their embeddings (open, width).
Buffer<float> Blocks::copies_of(std::span<const Place> open) const {
    const std::size_t dimensions = row_.size();
    Buffer<float> rows(open.size() * width_);
    in_parallel(open.size(), rows_a_part, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            float* copy = rows.data() + i * width_;
            const auto sample = at_.candidates.samples[open[i]];
            const float* row = single(at_.candidates.rows, sample, at_.kernels, copy);
            if (row != copy) std::copy_n(row, dimensions, copy);
            std::fill(copy + dimensions, copy + width_, 0.0F);
        }
    });
    return rows;
}

void Blocks::make_blocks(const float* rows, std::span<const Place> open) {
    std::vector<std::uint32_t> order(open.size());
    std::iota(order.begin(), order.end(), 0U);
    Halving(rows, width_, poll_).put_in_order(order);
    count_ = (open.size() + block_size - 1) / block_size;
    values_ = Buffer<float>(count_ * width_ * block_size);
    low_ = Buffer<float>(count_ * width_);
    high_ = Buffer<float>(count_ * width_);
    places_ = Buffer<Place>(count_ * block_size);
    squared_ = Buffer<float>(count_ * block_size);
    nearest_ = Buffer<std::uint32_t>(count_ * block_size);
    seen_.resize(count_);
    priorities_.resize(count_);
    firsts_.resize(count_);
    std::ranges::fill(squared_.all(), Bounds::taken);
    in_parallel(count_, rows_a_part / block_size, [&](std::size_t begin, std::size_t end) {
        for (std::size_t block = begin; block < end; ++block) {
            const std::size_t first = block * block_size;
            const std::size_t members = std::min(block_size, order.size() - first);
            fill(block, rows, std::span(order).subspan(first, members), open);
        }
    });
}

/// Its rows side by side, the last repeated to fill up, what is known of them, and their box.
void Blocks::fill(std::size_t block,
                  const float* rows,
                  std::span<const std::uint32_t> members,
                  std::span<const Place> open) {
    float* values = values_.data() + block * width_ * block_size;
    seen_[block] = static_cast<std::uint32_t>(at_.centers.count());
    for (std::size_t i = 0; i < block_size; ++i) {
        const auto member = members[std::min(i, members.size() - 1)];
        const float* row = rows + member * width_;
        for (std::size_t j = 0; j < width_; ++j) values[j * block_size + i] = row[j];
        if (i >= members.size()) continue;
        const Place place = open[member];
        places_[block * block_size + i] = place;
        squared_[block * block_size + i] = at_.bounds.squared[place];
        nearest_[block * block_size + i] = at_.bounds.nearest[place];
        seen_[block] = std::min(seen_[block], at_.bounds.seen[place]);
    }
    std::copy_n(rows + members[0] * width_, width_, low_.data() + block * width_);
    std::copy_n(rows + members[0] * width_, width_, high_.data() + block * width_);
    for (const auto member : members.subspan(1)) {
        float* low = low_.data() + block * width_;
        float* high = high_.data() + block * width_;
        for (std::size_t j = 0; j < width_; ++j) {
            low[j] = std::min(low[j], rows[member * width_ + j]);
            high[j] = std::max(high[j], rows[member * width_ + j]);
        }
    }
    rate(block);
}

std::optional<Blocks::Best> Blocks::best() {
    follow_centers();
    if (count_ == 0) return std::nullopt;
    while (seen_[tree_[1]] < at_.centers.count()) {
        if (poll_) poll_();
        catch_up(tree_[1]);
    }
    const std::size_t block = tree_[1];
    if (priorities_[block] == Priority::none) return std::nullopt;
    std::size_t index = block * block_size;
    while (places_[index] != firsts_[block]) ++index;
    return Best{.place = places_[index],
                .priority = priorities_[block],
                .squared = squared_[index],
                .nearest = nearest_[index],
                .index = index};
}

const float* Blocks::row(const Best& best) {
    const std::size_t block = best.index / block_size;
    const float* first = values_.data() + block * width_ * block_size + best.index % block_size;
    for (std::size_t j = 0; j < row_.size(); ++j) row_[j] = first[j * block_size];
    return row_.data();
}

void Blocks::take(const Best& best) {
    squared_[best.index] = Bounds::taken;
    at_.bounds.squared[best.place] = Bounds::taken;
    rate(best.index / block_size);
    play(best.index / block_size);
}

void Blocks::write_back() {
    for (std::size_t i = 0; i < squared_.size(); ++i) {
        if (squared_[i] == Bounds::taken) continue;
        at_.bounds.squared[places_[i]] = squared_[i];
        at_.bounds.nearest[places_[i]] = nearest_[i];
        at_.bounds.seen[places_[i]] = seen_[i / block_size];
    }
}

void Blocks::follow_centers() {
    for (; followed_ < at_.centers.count(); ++followed_) {
        if (followed_ % block_size == 0) {
            centers_.emplace_back(width_ * block_size);
            std::ranges::fill(centers_.back().all(), 0.0F);
        }
        const float* row = at_.centers.row(followed_);
        for (std::size_t j = 0; j < row_.size(); ++j)
            centers_.back()[j * block_size + followed_ % block_size] = row[j];
    }
}

void Blocks::catch_up(std::size_t block) {
    const std::size_t all = at_.centers.count();
    const SideBySide rows{.values = values_.data() + block * width_ * block_size,
                          .width = width_,
                          .squared = squared_.data() + block * block_size,
                          .nearest = nearest_.data() + block * block_size};
    float most = farthest(block);
    bool is_nearer = false;
    for (std::size_t begin = seen_[block] / block_size * block_size; begin < all;
         begin += at_once * block_size) {
        // All before any changes `most`: the next need not wait for what the first finds.
        std::array<std::uint16_t, at_once> masks;
        for (std::size_t i = 0; i < at_once; ++i)
            masks[i] = reaching(block, begin + i * block_size, most);
        for (std::size_t i = 0; i < at_once; ++i) {
            if (masks[i] == 0) continue;
            const std::size_t first = begin + i * block_size;
            distances_ += block_size * count_bits(masks[i]);
            if (!at_.kernels.approach(
                    rows, at_.centers.row(first), static_cast<std::uint32_t>(first), masks[i]))
                continue;
            most = farthest(block);
            is_nearer = true;
        }
    }
    seen_[block] = static_cast<std::uint32_t>(all);
    if (!is_nearer) return;
    rate(block);
    play(block);
}

/// Which of the centres [begin, begin + block_size) that the block has not seen may be nearer than
/// `squared` to a row of it, a bit each.
std::uint16_t Blocks::reaching(std::size_t block, std::size_t begin, float squared) const {
    const std::size_t all = at_.centers.count();
    if (begin >= all) return 0;
    unsigned mask = at_.kernels.reaching(low_.data() + block * width_,
                                         high_.data() + block * width_,
                                         centers_[begin / block_size].data(),
                                         width_,
                                         squared);
    if (all - begin < block_size) mask &= (1U << (all - begin)) - 1;
    if (begin < seen_[block]) mask &= ~0U << (seen_[block] - begin);
    return static_cast<std::uint16_t>(mask);
}

/// The largest distance in a block.
float Blocks::farthest(std::size_t block) const {
    std::array<Few, block_size / few> squared;
    std::memcpy(squared.data(), squared_.data() + block * block_size, sizeof squared);
    Few most = squared[0];
    for (const auto& some : squared) most = most > some ? most : some;
    return std::max(std::max(most[0], most[1]), std::max(most[2], most[3]));
}

/// Its highest priority, and who has it.
void Blocks::rate(std::size_t block) {
    double best = Priority::none;
    std::size_t first = block * block_size;
    for (std::size_t i = first; i < (block + 1) * block_size; ++i) {
        if (squared_[i] == Bounds::taken) continue;
        const double priority = at_.priority(places_[i], squared_[i]);
        if (!(priority > best)) continue;
        best = priority;
        first = i;
    }
    priorities_[block] = best;
    firsts_[block] = places_[first];
}

void Blocks::make_tree() {
    if (count_ == 0) return;
    const std::size_t leaves = std::bit_ceil(std::max<std::size_t>(count_, 2));
    tree_.resize(2 * leaves);
    for (std::size_t i = 0; i < leaves; ++i)
        tree_[leaves + i] = static_cast<std::uint32_t>(std::min(i, count_ - 1));
    for (std::size_t i = leaves - 1; i > 0; --i) tree_[i] = better(tree_[2 * i], tree_[2 * i + 1]);
}

/// After its rating has changed.
void Blocks::play(std::size_t block) {
    for (std::size_t i = (tree_.size() / 2 + block) / 2; i > 0; i /= 2)
        tree_[i] = better(tree_[2 * i], tree_[2 * i + 1]);
}

std::uint32_t Blocks::better(std::uint32_t a, std::uint32_t b) const {
    if (priorities_[a] != priorities_[b]) return priorities_[a] > priorities_[b] ? a : b;
    return firsts_[b] < firsts_[a] ? b : a;
}

}  // namespace trommel::selection
