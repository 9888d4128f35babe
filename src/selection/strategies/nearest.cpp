#include "selection/strategies/nearest.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <limits>

namespace trommel::selection {
namespace {

constexpr std::size_t queries_at_once = 64;
constexpr std::size_t others_at_once = 256;

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

/// All samples against all, block by block.
class Comparison {
public:
    Comparison(const Task& task,
               const Rows& rows,
               std::span<const SampleIndex> samples,
               Nearest& result)
        : task_(task), rows_(rows), samples_(samples), result_(result) {}

    /// Finds the nearest of samples [query, query + queries_at_once).
    void answer(std::size_t query) {
        const auto queries = block(query, queries_at_once);
        for (std::size_t first = 0; first < samples_.size(); first += others_at_once) {
            poll(task_);
            const auto others = block(first, others_at_once);
            for (std::size_t i = 0; i < queries.size(); i += 4)
                compare(queries, i, others, first, query + i);
        }
    }

private:
    RowBlock block(std::size_t first, std::size_t size) const {
        return {rows_, samples_.subspan(first, std::min(size, samples_.size() - first))};
    }

    /// Four queries from `i` on, samples from `query` on, with all others, samples from `first` on.
    void compare(const RowBlock& queries,
                 std::size_t i,
                 const RowBlock& others,
                 std::size_t first,
                 std::size_t query) {
        const float* four[4];
        queries.four(i, four);
        for (std::size_t j = 0; j < others.size(); j += 4) {
            const float* against[4];
            others.four(j, against);
            float squares[16];
            kernels().tile(four, against, rows_.dimensions, squares);
            for (std::size_t e = 0; e < 16; ++e) {
                const std::size_t other = first + j + e % 4;
                if (i + e / 4 >= queries.size() || j + e % 4 >= others.size()) continue;
                keep(query + e / 4, other, squares[e]);
            }
        }
    }

    void keep(std::size_t mine, std::size_t other, float squared) {
        if (mine == other) return;
        const std::size_t count = result_.count;
        float* least = result_.squared.data() + mine * count;
        if (!(squared < least[count - 1])) return;
        std::uint32_t* others = result_.others.data() + mine * count;
        std::size_t place = count - 1;
        for (; place > 0 && least[place - 1] > squared; --place) {
            least[place] = least[place - 1];
            others[place] = others[place - 1];
        }
        least[place] = squared;
        others[place] = static_cast<std::uint32_t>(other);
    }

    const Task& task_;
    Rows rows_;
    std::span<const SampleIndex> samples_;
    Nearest& result_;
};

}  // namespace

Nearest nearest_of(const Task& task,
                   const Rows& rows,
                   std::span<const SampleIndex> samples,
                   std::size_t count) {
    Nearest result{.count = count};
    result.squared.assign(samples.size() * count, std::numeric_limits<float>::infinity());
    result.others.assign(samples.size() * count, 0);
    Comparison comparison(task, rows, samples, result);
    const std::size_t parts = (samples.size() + queries_at_once - 1) / queries_at_once;
    in_parallel(parts, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part)
            comparison.answer(part * queries_at_once);
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
