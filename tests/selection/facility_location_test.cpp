// Facility location by the letter: the objective of every set that could be next.
#include "selection/strategy_pools.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>

namespace trommel::selection {

namespace {

/// Samples and their edges, whose lengths are single precision as the engine's are.
class PlainFacilities {
public:
    PlainFacilities(const OwnedPool& pool, std::size_t neighbors) : pool_(pool), edges_(count()) {
        for (SampleIndex i = 0; i < count(); ++i) {
            auto others = pool.candidates;
            std::erase(others, i);
            std::ranges::stable_sort(others, {}, [&](SampleIndex j) { return length(i, j); });
            others.resize(std::min(neighbors, others.size()));
            for (const auto j : others) longest_ = std::max(longest_, length(i, j));
            edges_[i] = others;
        }
    }

    double objective(const Samples& chosen) const {
        double sum = 0;
        for (SampleIndex i = 0; i < count(); ++i) {
            double best = 0;
            for (const auto j : chosen) {
                if (i == j) best = std::max(best, double{longest_});
                if (std::ranges::count(edges_[i], j) > 0)
                    best = std::max(best, double{longest_} - double{length(i, j)});
            }
            sum += best;
        }
        return sum;
    }

    /// What the pick adds, and what the best one would.
    std::pair<double, double> gains(const Samples& chosen, SampleIndex picked) const {
        const double before = objective(chosen);
        double best = 0;
        double mine = 0;
        for (const auto i : pool_.candidates) {
            if (std::ranges::count(chosen, i) > 0) continue;
            auto with = chosen;
            with.push_back(i);
            const double gain = objective(with) - before;
            best = std::max(best, gain);
            if (i == picked) mine = gain;
        }
        return {mine, best};
    }

private:
    std::size_t count() const { return pool_.candidates.size(); }
    float length(SampleIndex i, SampleIndex j) const {
        return static_cast<float>(distance_of(pool_, i, j));
    }

    const OwnedPool& pool_;
    std::vector<Samples> edges_;
    float longest_ = 0;
};

}  // namespace

TEST_CASE("facility location picks what adds most to the objective, again and again",
          "[selection]") {
    for (const std::uint64_t seed : {1, 2, 3, 4}) {
        auto pool = random_pool(70, 1 + seed, seed);
        if (seed % 2 == 0) pool.preselected = {5, 33};
        const std::size_t neighbors = 3 * seed;
        const PlainFacilities plain(pool, neighbors);
        auto chosen = pool.preselected;
        const auto picks = pick("facility_location", pool, {.picks = 15}, {.neighbors = neighbors});
        REQUIRE(picks.size() == 15);
        for (const auto& pick : picks) {
            const auto [mine, best] = plain.gains(chosen, pick.sample);
            CHECK(mine == Approx(best).epsilon(1e-5));
            chosen.push_back(pick.sample);
        }
    }
}

TEST_CASE("facility location takes the middle of each group, the largest group first",
          "[selection]") {
    const auto pool = pool_of({{0}, {1}, {2.2F}, {100}, {101}, {102}, {103}, {104}});
    CHECK(samples(pick("facility_location", pool, {.picks = 2}, {.neighbors = 2})) ==
          Samples{5, 1});
}

TEST_CASE("facility location counts samples near to preselected ones as served", "[selection]") {
    auto pool = pool_of({{0}, {1}, {2}, {100}, {101}, {102}, {103}, {500}});
    pool.candidates.pop_back();  // preselected, and not to choose from
    pool.preselected = {5, 7};
    CHECK(samples(pick("facility_location", pool, {.picks = 1}, {.neighbors = 2})) == Samples{1});
}

TEST_CASE("facility location of copies, of one sample and of none", "[selection]") {
    const auto copies = pool_of({{3}, {3}, {3}});
    CHECK(samples(pick("facility_location", copies, {.picks = 2})) == Samples{0, 1});
    const auto one = pool_of({{3}});
    CHECK(samples(pick("facility_location", one, {.picks = 2})) == Samples{0});
    const OwnedPool none{.embeddings = Matrix(3, 2)};
    CHECK(pick("facility_location", none, {.picks = 2}).empty());
}

TEST_CASE("facility location refuses embeddings that are not finite or not there", "[selection]") {
    auto pool = random_pool(5, 2, 12);
    pool.embeddings(3, 1) = std::nanf("");
    CHECK_THROWS_WITH(pick("facility_location", pool, {.picks = 1}), Catch::Contains("sample 3"));
    pool.embeddings(3, 1) = 1e30F;
    CHECK_THROWS_WITH(pick("facility_location", pool, {.picks = 1}),
                      Catch::Contains("scale the embeddings down"));
    pool.candidates.push_back(9);
    CHECK_THROWS_WITH(pick("facility_location", pool, {.picks = 1}),
                      Catch::Contains("sample 9 has no embedding"));
}

}  // namespace trommel::selection
