#include "selection/strategies/linkage.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <numeric>

namespace trommel::selection {
namespace {

constexpr std::size_t clusters_at_once = 512;

class Linkage {
public:
    Linkage(std::span<const float* const> rows,
            std::size_t dimensions,
            const std::function<void()>& poll)
        : dimensions_(dimensions),
          poll_(poll),
          sums_(rows.size() * dimensions),
          means_(rows.size() * dimensions),
          sizes_(rows.size(), 1),
          spreads_(rows.size()),
          active_(rows.size()),
          squared_(rows.size()) {
        std::iota(active_.begin(), active_.end(), 0U);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::copy_n(rows[i], dimensions, sums_.begin() + offset(i));
            std::copy_n(rows[i], dimensions, means_.begin() + offset(i));
        }
    }

    std::vector<Merge> run() {
        std::vector<Merge> merges;
        while (active_.size() > 1) {
            poll_();
            if (chain_.empty()) chain_.push_back(active_.front());
            const auto next = nearest(chain_.back());
            if (chain_.size() < 2 || next != chain_[chain_.size() - 2]) {
                chain_.push_back(next);
                continue;
            }
            merges.push_back(merge(chain_[chain_.size() - 2], chain_.back()));
            chain_.resize(chain_.size() - 2);
        }
        std::ranges::stable_sort(merges, {}, &Merge::height);
        return merges;
    }

private:
    std::ptrdiff_t offset(std::size_t cluster) const {
        return static_cast<std::ptrdiff_t>(cluster * dimensions_);
    }
    const float* mean(std::size_t cluster) const { return means_.data() + offset(cluster); }

    double height(std::size_t a, std::size_t b, float squared) const {
        return static_cast<double>(squared) + (spreads_[a] + spreads_[b]);
    }

    /// Of equals the one before in the chain, without which chains could turn in circles, then the
    /// first.
    std::uint32_t nearest(std::uint32_t cluster) {
        in_parallel(active_.size(), clusters_at_once, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i)
                kernels().stream(
                    mean(active_[i]), 0, 1, mean(cluster), dimensions_, &squared_[active_[i]]);
        });
        const bool has_before = chain_.size() >= 2;
        auto best = has_before ? chain_[chain_.size() - 2] : cluster;
        double least = height(cluster, best, squared_[best]);
        for (const auto other : active_) {
            if (other == cluster) continue;
            const double mine = height(cluster, other, squared_[other]);
            if (best != cluster && mine >= least) continue;
            best = other;
            least = mine;
        }
        return best;
    }

    /// Into the lower of the two. squared_ holds the distances to the tip of the chain, `b`.
    Merge merge(std::uint32_t a, std::uint32_t b) {
        const Merge result{std::min(a, b), std::max(a, b), height(a, b, squared_[a])};
        const double sizes = sizes_[a] + sizes_[b];
        const double spread =
            (sizes_[a] * spreads_[a] + sizes_[b] * spreads_[b]) / sizes +
            sizes_[a] / sizes * (sizes_[b] / sizes) * static_cast<double>(squared_[a]);
        for (std::size_t j = 0; j < dimensions_; ++j) {
            double& sum = sums_[result.one * dimensions_ + j];
            sum += sums_[result.other * dimensions_ + j];
            means_[result.one * dimensions_ + j] = static_cast<float>(sum / sizes);
        }
        sizes_[result.one] = sizes;
        spreads_[result.one] = spread;
        active_.erase(std::ranges::lower_bound(active_, result.other));
        return result;
    }

    std::size_t dimensions_;
    const std::function<void()>& poll_;
    std::vector<double> sums_;            ///< (rows, dimensions) of each cluster, at its lowest row
    std::vector<float> means_;            ///< likewise
    std::vector<double> sizes_;           ///< likewise
    std::vector<double> spreads_;         ///< likewise: the mean squared distance to the mean
    std::vector<std::uint32_t> active_;   ///< ascending
    std::vector<float> squared_;          ///< scratch
    std::vector<std::uint32_t> chain_{};  ///< each the nearest of the one before
};

std::uint32_t root_of(std::vector<std::uint32_t>& parents, std::uint32_t row) {
    while (parents[row] != row) row = parents[row] = parents[parents[row]];
    return row;
}

}  // namespace

std::vector<Merge> average_linkage(std::span<const float* const> rows,
                                   std::size_t dimensions,
                                   const std::function<void()>& poll) {
    return Linkage(rows, dimensions, poll).run();
}

std::vector<std::uint32_t> clusters_after(std::span<const Merge> merges,
                                          std::size_t count,
                                          std::size_t rows) {
    std::vector<std::uint32_t> parents(rows);
    std::iota(parents.begin(), parents.end(), 0U);
    for (const auto& merge : merges.first(count)) {
        const auto one = root_of(parents, merge.one);
        const auto other = root_of(parents, merge.other);
        parents[std::max(one, other)] = std::min(one, other);
    }
    std::vector<std::uint32_t> clusters(rows);
    std::uint32_t next = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
        const auto root = root_of(parents, row);
        clusters[row] = root == row ? next++ : clusters[root];
    }
    return clusters;
}

}  // namespace trommel::selection
