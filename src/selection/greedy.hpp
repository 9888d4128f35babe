// The greedy engine: the same picks as one pass over all embeddings a pick, in a few dozen passes.
//
// Every candidate has an upper bound of its distance to the nearest centre, which may be stale. A
// round takes the candidates whose bound reaches a threshold, brings them up to date until they
// fall below it, and picks among those that stay, which are all that can be picked while the best
// of them is at the threshold or above: everything else is below it, whatever its bound hides. The
// idea of stale bounds is lazy greedy's (Minoux, "Accelerated greedy algorithms for maximizing
// submodular set functions", 1978; for farthest points Sayle, RDKit UGM 2017). Nothing but the
// order of the priorities decides what is picked: thresholds, chunks, codes and neighbours only
// decide how soon.
#pragma once

#include "selection/catch_up.hpp"

#include <atomic>
#include <functional>
#include <optional>

namespace trommel::selection {

class Blocks;

/// How the engine works. Nothing in it changes what is picked.
struct Tuning {
    enum class Use : std::uint8_t { automatic, always, never };

    const Kernels* kernels = &selection::kernels();
    std::size_t pool = 256;  ///< candidates to pick among in a round, about; 1 or more
    Use codes = Use::automatic;
    Use neighbors = Use::automatic;
    Use blocks = Use::automatic;  ///< where there are few enough dimensions
};

/// Why no more was picked.
enum class Stopped : std::uint8_t {
    enough,     ///< as many as were wanted
    threshold,  ///< no candidate's priority reaches the least that was asked for
    refused,    ///< the caller did not want the next one
    used_up,    ///< all candidates are chosen
};

class Greedy {
public:
    struct Choice {
        Place place = 0;
        double priority = 0;
        float squared = 0;          ///< the distance to the nearest centre before it
        std::uint32_t nearest = 0;  ///< that centre, the first of equals
    };

    /// `candidates` and what `priority` views outlive this.
    Greedy(const Candidates& candidates, const Priority& priority, Poll poll, const Tuning& tuning);

    /// Makes a sample a centre, whether it is a candidate or not. Throws DataError if its embedding
    /// is not finite.
    void choose(SampleIndex sample);

    /// Compares all candidates with the first centre; at least one is there. Does nothing the
    /// second time. Throws DataError if an embedding is not finite.
    void begin();

    /// Picks up to `wanted` more: again and again the candidate of highest priority, the first of
    /// equals. `take` gets each before it becomes a centre, and may refuse it, which ends the
    /// picking. Candidates below `least`, at least 0, are not offered.
    Stopped extend(std::size_t wanted,
                   double least,
                   const std::function<bool(const Choice&)>& take);

    /// Priorities for what follows. Distances stay known.
    void set(const Priority& priority) { priority_ = priority; }

    const Centers& centers() const { return centers_; }
    const Bounds& bounds() const { return bounds_; }
    const Work& work() const { return work_; }

    /// A fresh engine goes on from what an earlier one knew: its centres in the order of choosing,
    /// at least one, and bounds for the candidates here, which have seen none where it knew
    /// nothing.
    void resume(std::span<const SampleIndex> centers, Bounds bounds);

private:
    struct Round;

    Standing standing();
    void poll() const;
    /// The candidates [begin, end); `bad` becomes the first whose embedding is not finite.
    void compare_with_first(std::size_t begin, std::size_t end, std::atomic<std::size_t>& bad);
    double threshold_of_round(double highest, double least);
    double radius_of_sample();
    std::vector<Place> activate(double& threshold, double highest) const;
    void catch_up_all(std::span<const Place> places, double threshold);
    std::vector<Place> survivors(std::span<const Place> places,
                                 double& threshold,
                                 std::size_t& reaching) const;
    bool blocks_pay(std::size_t wanted) const;
    std::optional<Stopped> pick_in(Blocks& blocks, Round& round, double least);
    Stopped extend_in_blocks(Round& round, double least);
    Stopped extend_in_rounds(Round& round, double least);
    std::optional<Stopped> pick_among(std::span<const Place> fresh, Round& round);
    void adapt(std::size_t active, std::size_t fresh, std::size_t left);
    void plan(std::size_t left);
    bool codes_pay(std::size_t left) const;
    bool probing_pays();
    void link();
    void take_codes();

    Candidates candidates_;
    Priority priority_;
    Poll poll_;
    Tuning tuning_;
    Bounds bounds_;
    Centers centers_;
    std::optional<Codes> codes_{};
    bool tried_codes_ = false;
    Neighbors neighbors_{};
    bool has_begun_ = false;
    bool is_resumed_ = false;
    bool probes_ = true;           ///< whether looking at neighbours first pays
    bool radius_is_known_ = true;  ///< whether the bounds say about how large priorities are
    std::size_t active_wanted_;    ///< candidates to bring up to date in a round, about
    double last_threshold_ = Priority::none;
    std::size_t picked_in_all_ = 0;
    Work work_{};
    Work planned_{};  ///< what was known when the round before was planned

    /// As in Work, of the last rounds, older ones counted less.
    struct Recent {
        double probes = 0;
        double hits = 0;
        double probe_distances = 0;
        double swept = 0;
        double sweep_distances = 0;
    } recent_{};
};

}  // namespace trommel::selection
