#pragma once

#include "selection/catch_up.hpp"

#include <optional>

namespace trommel::selection {

/// A few candidates that have seen all centres, their rows side by side: what a round picks among.
class FreshPool {
public:
    struct Best {
        std::size_t index = 0;  ///< in the pool
        Place place = 0;
        double priority = 0;
        float squared = 0;
        std::uint32_t nearest = 0;
    };

    /// Copies the rows of `fresh`, ascending places that have seen all centres.
    FreshPool(const Standing& standing, std::span<const Place> fresh);

    /// The candidate of highest priority, the first of equals; none when the pool is empty.
    std::optional<Best> best() const;

    /// The candidate of lowest place; none when the pool is empty.
    std::optional<Best> first() const;

    const float* row(const Best& best) const { return live_[best.index].row; }

    /// Takes it out: it has become the last centre.
    void take(const Best& best);

    /// Compares the rest with the last centre, and lets go of those whose priority falls below
    /// `threshold`.
    void approach(double threshold);

    /// Notes what is known of those that are left. Call before the pool goes.
    void write_back();

    std::size_t distances() const { return distances_; }

private:
    struct Member {
        const float* row;
        Place place;
        float squared;
        std::uint32_t nearest;
        double priority;
    };

    void write_back(const Member& member);
    Best at(std::size_t index) const;

    Standing at_;
    std::uint32_t seen_;
    Buffer<float> rows_;
    std::vector<Member> live_{};
    std::vector<const float*> live_rows_{};
    std::vector<float> squares_{};
    std::size_t distances_ = 0;
};

}  // namespace trommel::selection
