// Candidates of few dimensions, picked from without rounds.
//
// They are put in blocks of neighbours that lie side by side, so that one register holds a
// dimension of 16 of them. The block of the highest bound is compared with the centres that it has
// not seen, but for those that are too far from the box around it to be nearest to any of it, until
// that block has seen all centres. Boxes are those of k-d trees (Friedman, Bentley and Finkel, "An
// Algorithm for Finding Best Matches in Logarithmic Expected Time", 1977); in few dimensions they
// leave out most of the distances, in many none.
#pragma once

#include "selection/catch_up.hpp"

#include <optional>

namespace trommel::selection {

class Blocks {
public:
    static constexpr std::size_t most_dimensions = 16;
    /// How much memory a candidate takes at most.
    static constexpr std::size_t bytes_a_candidate = 200;

    struct Best {
        Place place = 0;
        double priority = 0;
        float squared = 0;
        std::uint32_t nearest = 0;
        std::size_t index = 0;  ///< in the blocks
    };

    /// All candidates that are not chosen; each has seen a centre. `poll` outlives this.
    Blocks(const Standing& standing, const Poll& poll);

    /// The candidate of highest priority, the first of equals; none when all are chosen.
    std::optional<Best> best();

    /// Its embedding, until the next is asked for.
    const float* row(const Best& best);

    /// Takes it out: it becomes a centre.
    void take(const Best& best);

    /// Notes what is known of those that are left. Call before the blocks go.
    void write_back();

    std::size_t distances() const { return distances_; }

private:
    Buffer<float> copies_of(std::span<const Place> open) const;
    void make_blocks(const float* rows, std::span<const Place> open);
    void fill(std::size_t block,
              const float* rows,
              std::span<const std::uint32_t> members,
              std::span<const Place> open);
    void follow_centers();
    void catch_up(std::size_t block);
    std::uint16_t reaching(std::size_t block, std::size_t begin, float squared) const;
    float farthest(std::size_t block) const;
    void rate(std::size_t block);
    void make_tree();
    void play(std::size_t block);
    std::uint32_t better(std::uint32_t a, std::uint32_t b) const;

    Standing at_;
    const Poll& poll_;
    std::size_t width_;       ///< dimensions, with those added to fill up
    std::size_t count_ = 0;   ///< blocks
    Buffer<float> values_{};  ///< (blocks, width, block_size)
    Buffer<float> low_{};     ///< (blocks, width) of the boxes
    Buffer<float> high_{};    ///< likewise
    // (blocks, block_size), ascending places in a block; where there is no candidate or it is
    // chosen, squared is Bounds::taken.
    Buffer<Place> places_{};
    Buffer<float> squared_{};
    Buffer<std::uint32_t> nearest_{};
    // (blocks)
    std::vector<std::uint32_t> seen_{};  ///< as in Bounds, of the one that has seen fewest
    std::vector<double> priorities_{};   ///< the highest
    std::vector<Place> firsts_{};        ///< the first that has it
    std::vector<std::uint32_t>
        tree_{};  ///< blocks: at i the better of those at 2 * i and 2 * i + 1
    std::vector<Buffer<float>> centers_{};  ///< (width, block_size) each, side by side
    std::size_t followed_ = 0;              ///< how many centres are there
    std::vector<float> row_;
    std::size_t distances_ = 0;
};

}  // namespace trommel::selection
