#include "selection/strategies/nearest.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <limits>

namespace trommel::selection {
namespace {

constexpr std::size_t queries_at_once = 64;
constexpr std::size_t others_at_once = 256;

/// Rows of places [begin, end), widened where they must be.
class RowBlock {
public:
    RowBlock(const Task& task, const Rows& rows, std::span<const Place> places) {
        if (rows.precision != Precision::f32) widened_.resize(places.size() * rows.dimensions);
        for (std::size_t i = 0; i < places.size(); ++i) {
            float* room = widened_.empty() ? nullptr : widened_.data() + i * rows.dimensions;
            pointers_.push_back(single(rows, task.pool.candidates[places[i]], kernels(), room));
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

/// Keeps the least `count` of the numbers it is given, ascending.
void keep_least(std::span<float> least, float value) {
    if (!(value < least.back())) return;
    std::size_t place = least.size() - 1;
    for (; place > 0 && least[place - 1] > value; --place) least[place] = least[place - 1];
    least[place] = value;
}

}  // namespace

std::vector<float> squared_to_nearest(const Task& task,
                                      const Rows& rows,
                                      std::span<const Place> places,
                                      std::size_t count) {
    std::vector<float> result(places.size() * count, std::numeric_limits<float>::infinity());
    const auto compare = [&](const RowBlock& queries,
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
            kernels().tile(four, against, rows.dimensions, squares);
            for (std::size_t e = 0; e < 16; ++e) {
                const std::size_t mine = query + e / 4;
                const std::size_t other = first + j + e % 4;
                if (i + e / 4 >= queries.size() || j + e % 4 >= others.size() || mine == other)
                    continue;
                keep_least(std::span(result).subspan(mine * count, count), squares[e]);
            }
        }
    };
    const std::size_t parts = (places.size() + queries_at_once - 1) / queries_at_once;
    in_parallel(parts, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part) {
            const std::size_t query = part * queries_at_once;
            const RowBlock queries(
                task,
                rows,
                places.subspan(query, std::min(queries_at_once, places.size() - query)));
            for (std::size_t first = 0; first < places.size(); first += others_at_once) {
                poll(task);
                const RowBlock others(
                    task,
                    rows,
                    places.subspan(first, std::min(others_at_once, places.size() - first)));
                for (std::size_t i = 0; i < queries.size(); i += 4)
                    compare(queries, i, others, first, query + i);
            }
        }
    });
    return result;
}

}  // namespace trommel::selection
