#include "selection/fresh_pool.hpp"

#include "selection/parallel.hpp"

#include <algorithm>

namespace trommel::selection {

FreshPool::FreshPool(const Standing& standing, std::span<const Place> fresh)
    : at_(standing),
      seen_(static_cast<std::uint32_t>(standing.centers.count())),
      rows_(fresh.size() * standing.candidates.rows.dimensions),
      squares_(fresh.size()) {
    const Rows& rows = at_.candidates.rows;
    in_parallel(fresh.size(), 64, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            float* room = rows_.data() + i * rows.dimensions;
            const float* row = single(rows, at_.candidates.samples[fresh[i]], at_.kernels, room);
            if (row != room) std::copy_n(row, rows.dimensions, room);
        }
    });
    live_.reserve(fresh.size());
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        const Place place = fresh[i];
        const float squared = at_.bounds.squared[place];
        live_.push_back({.row = rows_.data() + i * rows.dimensions,
                         .place = place,
                         .squared = squared,
                         .nearest = at_.bounds.nearest[place],
                         .priority = at_.priority(place, squared)});
        live_rows_.push_back(live_.back().row);
    }
}

std::optional<FreshPool::Best> FreshPool::best() const {
    if (live_.empty()) return std::nullopt;
    std::size_t best = 0;
    for (std::size_t i = 1; i < live_.size(); ++i) {
        if (live_[i].priority > live_[best].priority) best = i;
    }
    return at(best);
}

std::optional<FreshPool::Best> FreshPool::first() const {
    if (live_.empty()) return std::nullopt;
    return at(0);
}

FreshPool::Best FreshPool::at(std::size_t index) const {
    const Member& member = live_[index];
    return {index, member.place, member.priority, member.squared, member.nearest};
}

void FreshPool::take(const Best& best) {
    at_.bounds.squared[best.place] = Bounds::taken;
    live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(best.index));
    live_rows_.erase(live_rows_.begin() + static_cast<std::ptrdiff_t>(best.index));
}

void FreshPool::approach(double threshold) {
    const auto center = static_cast<std::uint32_t>(at_.centers.count() - 1);
    at_.kernels.to_center(live_rows_.data(),
                          live_.size(),
                          at_.centers.row(center),
                          at_.centers.dimensions(),
                          squares_.data());
    distances_ += live_.size();
    seen_ = center + 1;
    std::size_t left = 0;
    for (std::size_t i = 0; i < live_.size(); ++i) {
        Member member = live_[i];
        if (squares_[i] < member.squared) {
            member.squared = squares_[i];
            member.nearest = center;
            member.priority = at_.priority(member.place, member.squared);
        }
        if (member.priority < threshold) {
            write_back(member);
            continue;
        }
        live_[left] = member;
        live_rows_[left++] = member.row;
    }
    live_.resize(left);
    live_rows_.resize(left);
}

void FreshPool::write_back() {
    for (const auto& member : live_) write_back(member);
}

void FreshPool::write_back(const Member& member) {
    at_.bounds.squared[member.place] = member.squared;
    at_.bounds.nearest[member.place] = member.nearest;
    at_.bounds.seen[member.place] = seen_;
}

}  // namespace trommel::selection
