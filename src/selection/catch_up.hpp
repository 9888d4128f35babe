// Brings candidates' distances up to date with the centres chosen since they were last looked at.
#pragma once

#include "selection/neighbors.hpp"
#include "selection/priority.hpp"

namespace trommel::selection {

/// What was done, to plan by and to show.
struct Work {
    std::uint64_t rounds = 0;
    std::uint64_t distances = 0;       ///< exact ones
    std::uint64_t code_distances = 0;  ///< of 8-bit codes
    std::uint64_t rows = 0;            ///< read
    std::uint64_t code_rows = 0;       ///< read
    std::uint64_t probes = 0;      ///< candidates that looked at neighbours of their centre first
    std::uint64_t probe_hits = 0;  ///< of them, how many needed nothing more
    std::uint64_t probe_distances = 0;
    std::uint64_t swept = 0;  ///< candidates compared with all that they had not seen
    std::uint64_t sweep_distances = 0;
    std::uint64_t linked = 0;  ///< pairs of centres compared for the lists of neighbours

    Work& operator+=(const Work& other);
};

/// The parts that catching up uses, and `bounds`, which it writes. All outlive the call.
struct Standing {
    const Candidates& candidates;
    const Priority& priority;
    const Centers& centers;
    const Codes* codes;          ///< may be null
    const Neighbors* neighbors;  ///< may be null
    const Kernels& kernels;
    Bounds& bounds;
};

/// At most this many candidates at once: they stay in cache while the centres pass.
inline constexpr std::size_t chunk_size = 256;

/// For each of `places`, at most chunk_size: compares it with the centres that it has not seen
/// until all are seen or its priority is below `threshold`. `probes` says whether to use
/// neighbours first. Different places may be brought up to date by several threads at once.
Work catch_up(const Standing& standing,
              std::span<const Place> places,
              double threshold,
              bool probes);

}  // namespace trommel::selection
