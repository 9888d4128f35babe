#include "selection/strategies/kmeans.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace trommel::selection {
namespace {

constexpr std::size_t rows_a_task = 64;

struct NearestOfTile {
    std::array<std::uint32_t, tile_rows> center{};
    std::array<float, tile_rows> squared{};
};

/// The nearest centre of each of at most tile_rows rows.
NearestOfTile nearest_of_tile(std::span<const float* const> some,
                              std::size_t dimensions,
                              std::span<const float> centers) {
    const std::size_t count = centers.size() / dimensions;
    std::array<const float*, tile_rows> rows{};
    for (std::size_t k = 0; k < tile_rows; ++k) rows[k] = some[std::min(k, some.size() - 1)];
    NearestOfTile nearest;
    nearest.squared.fill(std::numeric_limits<float>::infinity());
    for (std::size_t c = 0; c < count; c += 4) {
        std::array<const float*, 4> four{};
        for (std::size_t k = 0; k < 4; ++k)
            four[k] = centers.data() + std::min(c + k, count - 1) * dimensions;
        std::array<float, tile_rows * 4> squares{};
        kernels().tile(rows.data(), four.data(), dimensions, squares.data());
        for (std::size_t e = 0; e < squares.size(); ++e) {
            if (squares[e] >= nearest.squared[e / 4] || c + e % 4 >= count) continue;
            nearest.squared[e / 4] = squares[e];
            nearest.center[e / 4] = static_cast<std::uint32_t>(c + e % 4);
        }
    }
    return nearest;
}

class KMeans {
public:
    KMeans(std::span<const float* const> rows,
           std::size_t dimensions,
           std::span<const double> weights,
           std::size_t clusters,
           const std::function<void()>& poll)
        : rows_(rows), dimensions_(dimensions), weights_(weights), count_(clusters), poll_(poll) {
        result_.of_row.assign(rows.size(), 0);
        result_.squared.assign(rows.size(), std::numeric_limits<float>::infinity());
        result_.centers.assign(clusters * dimensions, 0);
    }

    Clusters run(Random& random, int iterations) {
        seed(random);
        for (int i = 0; i < iterations && assign(); ++i) move();
        return std::move(result_);
    }

private:
    float* center(std::size_t c) { return result_.centers.data() + c * dimensions_; }

    void seed(Random& random) {
        std::vector<double> worth(weights_.begin(), weights_.end());
        std::vector<float> squared(rows_.size());
        for (std::size_t c = 0; c < count_; ++c) {
            poll_();
            std::copy_n(rows_[draw_by_worth(worth, random)], dimensions_, center(c));
            in_parallel(rows_.size(), 1024, [&](std::size_t begin, std::size_t end) {
                kernels().to_center(rows_.data() + begin,
                                    end - begin,
                                    center(c),
                                    dimensions_,
                                    squared.data() + begin);
            });
            for (std::size_t i = 0; i < rows_.size(); ++i) {
                result_.squared[i] = std::min(result_.squared[i], squared[i]);
                worth[i] = weights_[i] * static_cast<double>(result_.squared[i]);
            }
        }
    }

    /// Whether any row has another centre than before.
    bool assign() {
        std::vector<char> changed((rows_.size() + rows_a_task - 1) / rows_a_task);
        in_parallel(changed.size(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t part = begin; part < end; ++part) {
                poll_();
                const std::size_t first = part * rows_a_task;
                const std::size_t last = std::min(first + rows_a_task, rows_.size());
                for (std::size_t i = first; i < last; i += tile_rows)
                    if (assign_tile(i, std::min(tile_rows, last - i))) changed[part] = 1;
            }
        });
        const bool is_first = !std::exchange(has_assigned_, true);
        return std::ranges::find(changed, 1) != changed.end() || is_first;
    }

    bool assign_tile(std::size_t first, std::size_t count) {
        const auto nearest =
            nearest_of_tile(rows_.subspan(first, count), dimensions_, result_.centers);
        bool changed = false;
        for (std::size_t k = 0; k < count; ++k) {
            changed |= result_.of_row[first + k] != nearest.center[k];
            result_.of_row[first + k] = nearest.center[k];
            result_.squared[first + k] = nearest.squared[k];
        }
        return changed;
    }

    /// To the weighted means; a centre without weight stays where it is.
    void move() {
        std::vector<double> sums(count_ * dimensions_);
        std::vector<double> totals(count_);
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const std::size_t c = result_.of_row[i];
            totals[c] += weights_[i];
            for (std::size_t j = 0; j < dimensions_; ++j)
                sums[c * dimensions_ + j] += weights_[i] * static_cast<double>(rows_[i][j]);
        }
        for (std::size_t c = 0; c < count_; ++c) {
            if (totals[c] <= 0) continue;
            for (std::size_t j = 0; j < dimensions_; ++j)
                center(c)[j] = static_cast<float>(sums[c * dimensions_ + j] / totals[c]);
        }
    }

    std::span<const float* const> rows_;
    std::size_t dimensions_;
    std::span<const double> weights_;
    std::size_t count_;
    const std::function<void()>& poll_;
    bool has_assigned_ = false;
    Clusters result_{};
};

}  // namespace

void nearest_centers(std::span<const float* const> rows,
                     std::size_t dimensions,
                     std::span<const float> centers,
                     std::uint32_t* nearest) {
    for (std::size_t i = 0; i < rows.size(); i += tile_rows) {
        const auto some = rows.subspan(i, std::min(tile_rows, rows.size() - i));
        const auto of_tile = nearest_of_tile(some, dimensions, centers);
        std::copy_n(of_tile.center.begin(), some.size(), nearest + i);
    }
}

std::size_t draw_by_worth(std::span<const double> worth, Random& random) {
    double total = 0;
    for (const double x : worth) total += x;
    double left = random.uniform() * total;
    std::size_t last = 0;
    for (std::size_t i = 0; i < worth.size(); ++i) {
        if (worth[i] <= 0) continue;
        last = i;
        left -= worth[i];
        if (left < 0) break;
    }
    return last;
}

// NOLINTNEXTLINE(readability-function-size): what is clustered, how, and by whom it may be stopped
Clusters weighted_kmeans(std::span<const float* const> rows,
                         std::size_t dimensions,
                         std::span<const double> weights,
                         std::size_t clusters,
                         Random random,
                         const std::function<void()>& poll,
                         int iterations) {
    return KMeans(rows, dimensions, weights, clusters, poll).run(random, iterations);
}

}  // namespace trommel::selection
