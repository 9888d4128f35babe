#include "selection/catch_up.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace trommel::selection {
namespace {

/// One in so many candidates probes although probing does not pay, to find out when it would.
constexpr std::uint32_t probe_sample = 32;
constexpr int most_hops = 4;
/// How many candidates ahead memory is asked for what a probe reads.
constexpr std::size_t probes_ahead = 4;

template <typename T>
void prefetch(const T* row, std::size_t count) {
    constexpr std::size_t line = 64 / sizeof(T);
    for (std::size_t j = 0; j < count; j += line) __builtin_prefetch(row + j);
}

/// The candidates at work, copied so that they lie together.
class Chunk {
public:
    Chunk(const Standing& standing, std::span<const Place> places, double threshold, bool probes)
        : at_(standing),
          centers_(static_cast<std::uint32_t>(standing.centers.count())),
          threshold_(threshold),
          probes_(probes),
          dimensions_(standing.candidates.rows.dimensions),
          count_(places.size()) {
        for (std::size_t i = 0; i < count_; ++i) load(i, places[i]);
    }

    Work run() {
        if (at_.neighbors != nullptr)
            probe_all();
        else
            for (std::size_t i = 0; i < count_; ++i) wait(i);
        const auto before = work_.distances + work_.code_distances;
        work_.swept += waiting_;
        sweep();
        work_.sweep_distances += work_.distances + work_.code_distances - before;
        for (std::size_t i = 0; i < count_; ++i) store(i);
        return work_;
    }

private:
    using Index = std::uint16_t;  ///< in the chunk
    static constexpr float not_computed = -2;

    void load(std::size_t i, Place place) {
        places_[i] = place;
        seen_[i] = at_.bounds.seen[place];
        squared_[i] = at_.bounds.squared[place];
        nearest_[i] = at_.bounds.nearest[place];
        rows_[i] = nullptr;
        reach_of_[i] = not_computed;
    }

    void store(std::size_t i) {
        at_.bounds.seen[places_[i]] = seen_[i];
        at_.bounds.squared[places_[i]] = squared_[i];
        at_.bounds.nearest[places_[i]] = nearest_[i];
    }

    bool matters(std::size_t i) const {
        return at_.priority(places_[i], squared_[i]) >= threshold_;
    }

    void wait(std::size_t i) { order_[waiting_++] = static_cast<Index>(i); }

    const float* row(std::size_t i) {
        if (rows_[i] != nullptr) return rows_[i];
        ++work_.rows;
        const Rows& rows = at_.candidates.rows;
        const auto sample = at_.candidates.samples[places_[i]];
        float* room = nullptr;
        if (rows.precision != Precision::f32) {
            if (widened_.size() == 0) widened_ = Buffer<float>(count_ * dimensions_);
            room = widened_.data() + i * dimensions_;
        }
        return rows_[i] = single(rows, sample, at_.kernels, room);
    }

    /// Ties go to the centre chosen first, in whatever order they are compared.
    bool keep(std::size_t i, std::uint32_t center, float squared) {
        if (squared > squared_[i]) return false;
        if (squared == squared_[i] && center >= nearest_[i]) return false;
        squared_[i] = squared;
        nearest_[i] = center;
        return true;
    }

    bool compare(std::size_t i, std::uint32_t center) {
        const float* here = row(i);
        float squared = 0;
        at_.kernels.to_center(&here, 1, at_.centers.row(center), dimensions_, &squared);
        ++work_.distances;
        return keep(i, center, squared);
    }

    // Probing: neighbours of the nearest centre are likely to be nearer still.

    void probe_all() {
        for (std::size_t i = 0; i < count_; ++i) {
            const bool few = centers_ - seen_[i] < Neighbors::most;
            const bool mine = probes_ || places_[i] % probe_sample == work_salt();
            if (mine) prefetch_probe(i + probes_ahead);
            if (few || !mine || !probe(i)) wait(i);
        }
    }

    std::uint32_t work_salt() const { return centers_ % probe_sample; }

    /// Whether the candidate has stopped to matter.
    bool probe(std::size_t i) {
        ++work_.probes;
        for (int hop = 0; hop < most_hops; ++hop) {
            std::array<std::uint32_t, Neighbors::most> room;
            const auto others = unseen_neighbors(i, room);
            if (others.empty()) return false;
            work_.probe_distances += others.size();
            const bool is_nearer =
                at_.codes != nullptr ? probe_codes(i, others) : probe_rows(i, others);
            if (!matters(i)) {
                ++work_.probe_hits;
                return true;
            }
            if (!is_nearer) return false;
        }
        return false;
    }

    /// Neighbours of its nearest centre that the candidate has not been compared with.
    std::span<const std::uint32_t> unseen_neighbors(
        std::size_t i, std::array<std::uint32_t, Neighbors::most>& room) const {
        std::size_t count = 0;
        for (const auto other : at_.neighbors->of(nearest_[i])) {
            if (other >= seen_[i]) room[count++] = other;
        }
        return std::span(room).first(count);
    }

    /// What the probe of a candidate begins with.
    void prefetch_probe(std::size_t i) const {
        if (i >= count_) return;
        __builtin_prefetch(at_.neighbors->of(nearest_[i]).data());
        if (at_.codes != nullptr) prefetch(at_.codes->row(places_[i]), at_.codes->bytes());
        prefetch_row(i);
    }

    void prefetch_row(std::size_t i) const {
        if (rows_[i] != nullptr || at_.candidates.rows.precision != Precision::f32) return;
        const auto sample = at_.candidates.samples[places_[i]];
        prefetch(static_cast<const float*>(at_.candidates.rows.at(sample)), dimensions_);
    }

    bool probe_rows(std::size_t i, std::span<const std::uint32_t> others) {
        bool is_nearer = false;
        for (const auto other : others) {
            is_nearer |= compare(i, other);
            if (!matters(i)) break;
        }
        return is_nearer;
    }

    bool probe_codes(std::size_t i, std::span<const std::uint32_t> others) {
        std::array<const std::int8_t*, Neighbors::most> codes;
        std::array<std::int32_t, Neighbors::most> offsets;
        for (std::size_t k = 0; k < others.size(); ++k) {
            codes[k] = at_.centers.signed_code(others[k]);
            offsets[k] = at_.centers.offset(others[k]);
        }
        const auto best = at_.kernels.nearest_code(at_.codes->row(places_[i]),
                                                   at_.codes->norm(places_[i]),
                                                   codes.data(),
                                                   offsets.data(),
                                                   others.size(),
                                                   at_.codes->bytes());
        work_.code_distances += others.size();
        const float step = at_.codes->scale().step;
        return best.square * step * step < squared_[i] && compare(i, others[best.index]);
    }

    // The sweep: blocks of centres pass, oldest first, and candidates join at the first that they
    // have not seen.

    void sort_waiting() {
        std::sort(order_.begin(), order_.begin() + waiting_, [&](Index a, Index b) {
            const auto x = seen_[a] / block_size;
            const auto y = seen_[b] / block_size;
            return x != y ? x < y : a < b;
        });
    }

    void sweep() {
        sort_waiting();
        std::size_t joined = 0;
        active_ = 0;
        const std::size_t blocks = (centers_ + block_size - 1) / block_size;
        for (std::size_t block = 0; block < blocks; ++block) {
            if (active_ == 0) {
                if (joined == waiting_) return;
                block = std::max<std::size_t>(block, seen_[order_[joined]] / block_size);
                if (block >= blocks) return;
            }
            while (joined < waiting_ && seen_[order_[joined]] / block_size <= block)
                active_list_[active_++] = order_[joined++];
            pass(block);
        }
    }

    void pass(std::size_t block) {
        if (at_.codes != nullptr) {
            pass_codes(block);
        } else {
            pass_rows(block);
        }
        const auto end = std::min<std::size_t>((block + 1) * block_size, centers_);
        std::size_t left = 0;
        for (std::size_t k = 0; k < active_; ++k) {
            const Index i = active_list_[k];
            seen_[i] = static_cast<std::uint32_t>(end);
            if (matters(i)) active_list_[left++] = i;
        }
        active_ = left;
    }

    void pass_rows(std::size_t block) {
        for (std::size_t k = 0; k < active_; k += tile_rows) {
            std::array<const float*, tile_rows> rows;
            for (std::size_t e = 0; e < tile_rows; ++e)
                rows[e] = row(active_list_[std::min(k + e, active_ - 1)]);
            prefetch_rows(k + tile_rows);
            const std::size_t count = std::min(tile_rows, active_ - k);
            for (std::size_t j = 0; j < block_size; j += 4)
                compare_tile(rows.data(), active_list_.data() + k, count, block * block_size + j);
        }
    }

    void prefetch_rows(std::size_t from) const {
        for (std::size_t k = from; k < std::min(from + tile_rows, active_); ++k)
            prefetch_row(active_list_[k]);
    }

    void compare_tile(const float* const* rows,
                      const Index* some,
                      std::size_t count,
                      std::size_t first) {
        if (first >= centers_) return;
        std::array<const float*, 4> others;
        for (std::size_t k = 0; k < 4; ++k) others[k] = at_.centers.row(first + k);
        std::array<float, tile_rows * 4> squares;
        at_.kernels.tile(rows, others.data(), dimensions_, squares.data());
        const std::size_t width = std::min<std::size_t>(4, centers_ - first);
        work_.distances += count * width;
        for (std::size_t e = 0; e < count; ++e) {
            for (std::size_t k = 0; k < width; ++k) {
                if (squares[e * 4 + k] <= squared_[some[e]])
                    keep(some[e], static_cast<std::uint32_t>(first + k), squares[e * 4 + k]);
            }
        }
    }

    void pass_codes(std::size_t block) {
        const CodedBlock centers = at_.centers.coded_block(block);
        const std::size_t width = std::min<std::size_t>(block_size, centers_ - block * block_size);
        const auto valid = static_cast<std::uint16_t>((1U << width) - 1U);
        for (std::size_t k = 0; k < active_; k += filter_rows) {
            CodedRows rows;
            for (std::size_t e = 0; e < filter_rows; ++e)
                set(rows, e, active_list_[std::min(k + e, active_ - 1)]);
            prefetch_codes(k + filter_rows);
            std::array<std::uint16_t, filter_rows> masks;
            float* squares = squares_.data() + k * block_size;
            at_.kernels.filter(rows, centers, at_.codes->bytes(), squares, masks.data());
            const std::size_t count = std::min(filter_rows, active_ - k);
            work_.code_distances += count * width;
            for (std::size_t e = 0; e < count; ++e) {
                masks_[k + e] = static_cast<std::uint16_t>(masks[e] & valid);
                if (masks_[k + e] != 0) prefetch_row(active_list_[k + e]);
            }
        }
        for (std::size_t k = 0; k < active_; ++k) {
            if (masks_[k] != 0)
                compare_some(active_list_[k], block, masks_[k], squares_.data() + k * block_size);
        }
    }

    void set(CodedRows& rows, std::size_t e, Index i) {
        if (reach_of_[i] != squared_[i]) {
            reach_[i] = at_.codes->reach(places_[i], squared_[i]);
            reach_of_[i] = squared_[i];
        }
        rows.bytes[e] = at_.codes->row(places_[i]);
        rows.norms[e] = at_.codes->norm(places_[i]);
        rows.reach[e] = reach_[i];
    }

    void prefetch_codes(std::size_t from) const {
        for (std::size_t k = from; k < std::min(from + filter_rows, active_); ++k) {
            const Index i = active_list_[k];
            if (reach_of_[i] == not_computed)
                prefetch(at_.codes->row(places_[i]), at_.codes->bytes());
        }
    }

    static int likeliest(std::uint16_t mask, const float* squares) {
        int best = std::countr_zero(mask);
        for (std::uint16_t rest = mask; rest != 0;
             rest = static_cast<std::uint16_t>(rest & (rest - 1))) {
            const int k = std::countr_zero(rest);
            if (squares[k] < squares[best]) best = k;
        }
        return best;
    }

    /// Exact distances to the centres in `mask`, the likeliest first: what comes nearer makes
    /// others not matter.
    void compare_some(Index i, std::size_t block, std::uint16_t mask, const float* squares) {
        const float* errors = at_.centers.coded_block(block).errors;
        while (mask != 0) {
            const int best = likeliest(mask, squares);
            mask = static_cast<std::uint16_t>(mask & ~(1U << best));
            const auto center =
                static_cast<std::uint32_t>(block * block_size + static_cast<std::size_t>(best));
            if (!compare(i, center) || mask == 0) continue;
            const float reach = at_.codes->reach(places_[i], squared_[i]);
            for (std::uint16_t rest = mask; rest != 0;
                 rest = static_cast<std::uint16_t>(rest & (rest - 1))) {
                const int k = std::countr_zero(rest);
                const float far = reach + errors[k];
                if (!(squares[k] < far * far)) mask = static_cast<std::uint16_t>(mask & ~(1U << k));
            }
        }
    }

    const Standing& at_;
    std::uint32_t centers_;
    double threshold_;
    bool probes_;
    std::size_t dimensions_;
    std::size_t count_;
    std::size_t waiting_ = 0;  ///< in order_
    std::size_t active_ = 0;   ///< in active_list_
    Work work_{};
    Buffer<float> widened_{};  ///< (count, dimensions), where rows are not in single precision
    std::array<Place, chunk_size> places_;
    std::array<std::uint32_t, chunk_size> seen_;
    std::array<std::uint32_t, chunk_size> nearest_;
    std::array<float, chunk_size> squared_;
    std::array<float, chunk_size> reach_;
    std::array<float, chunk_size> reach_of_;  ///< the squared_ that reach_ was computed from
    std::array<const float*, chunk_size> rows_;
    std::array<Index, chunk_size> order_;
    std::array<Index, chunk_size> active_list_;
    std::array<std::uint16_t, chunk_size> masks_;         ///< of active_list_, for one block
    std::array<float, chunk_size * block_size> squares_;  ///< likewise, of codes
};

}  // namespace

Work& Work::operator+=(const Work& other) {
    rounds += other.rounds;
    distances += other.distances;
    code_distances += other.code_distances;
    rows += other.rows;
    code_rows += other.code_rows;
    probes += other.probes;
    probe_hits += other.probe_hits;
    probe_distances += other.probe_distances;
    swept += other.swept;
    sweep_distances += other.sweep_distances;
    linked += other.linked;
    return *this;
}

Work catch_up(const Standing& standing,
              std::span<const Place> places,
              double threshold,
              bool probes) {
    Work work = Chunk(standing, places, threshold, probes).run();
    if (standing.codes != nullptr) work.code_rows += places.size();
    return work;
}

}  // namespace trommel::selection
