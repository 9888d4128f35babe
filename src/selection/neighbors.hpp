#pragma once

#include "selection/centers.hpp"

#include <array>

namespace trommel::selection {

/// For each centre the centres nearest to it, about: where a candidate that has not seen the latest
/// centres looks first. Nothing depends on these lists but speed.
class Neighbors {
public:
    static constexpr std::size_t most = 24;

    /// Puts the centres that are new into the lists. O(new * all) distances.
    void link(const Centers& centers, const Codes* codes, const Kernels& kernels);

    std::span<const std::uint32_t> of(std::size_t center) const {
        if (center >= lists_.size()) return {};
        return {lists_[center].centers.data(), lists_[center].count};
    }

private:
    struct List {
        std::uint32_t count = 0;
        std::array<std::uint32_t, most> centers;
        std::array<float, most> squares;

        float worst() const;
        void insert(std::uint32_t center, float square);
    };
    struct Pair {
        std::uint32_t to;
        std::uint32_t center;
        float square;
    };
    class Linking;

    std::vector<List> lists_{};
};

}  // namespace trommel::selection
