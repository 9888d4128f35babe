// Selection against brute force: every distance recomputed for every pick, in exact arithmetic.
#include "selection/pools.hpp"
#include "trommel/selection/select.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace trommel::selection {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Shape {
    std::size_t samples = 0;
    std::size_t dimensions = 0;
    std::uint64_t levels = 0;  ///< values are 0 … levels - 1: few levels make ties and duplicates
};

/// Small integers, whose distances single precision holds exactly. A third of the samples are
/// candidates no longer, one in ten is preselected, one in four has score 0.
OwnedPool random_pool(Random& random, const Shape& shape) {
    OwnedPool pool{.embeddings = Matrix(shape.samples, shape.dimensions)};
    for (float& x : pool.embeddings.values()) x = static_cast<float>(random.below(shape.levels));
    for (SampleIndex sample = 0; sample < shape.samples; ++sample) {
        if (random.below(10) == 0) pool.preselected.push_back(sample);
        if (random.below(3) == 0) continue;
        pool.candidates.push_back(sample);
        pool.scores.push_back(static_cast<double>(random.below(4)) / 4);
    }
    return pool;
}

double exact_distance(const OwnedPool& pool, SampleIndex a, SampleIndex b) {
    double sum = 0;
    for (std::size_t j = 0; j < pool.embeddings.cols(); ++j) {
        const double difference = pool.embeddings(a, j) - pool.embeddings(b, j);
        sum += difference * difference;
    }
    return std::sqrt(sum);
}

double to_nearest(const OwnedPool& pool, SampleIndex sample, const std::set<SampleIndex>& chosen) {
    double nearest = infinity;
    for (const auto other : chosen)
        nearest = std::min(nearest, exact_distance(pool, sample, other));
    return nearest;
}

double priority(std::string_view method, double distance, double score) {
    if (method == "active_learning") return score;
    if (method == "coreset") return distance;
    return distance == infinity ? score : distance * score;
}

std::vector<SampleIndex> brute_force(std::string_view method,
                                     const OwnedPool& pool,
                                     double min_distance) {
    std::set<SampleIndex> chosen(pool.preselected.begin(), pool.preselected.end());
    std::vector<SampleIndex> picks;
    while (true) {
        double highest = -infinity;
        SampleIndex best = 0;
        for (std::size_t i = 0; i < pool.candidates.size(); ++i) {
            const auto sample = pool.candidates[i];
            if (chosen.contains(sample)) continue;
            const double mine = priority(method, to_nearest(pool, sample, chosen), pool.scores[i]);
            if (mine > highest) {
                highest = mine;
                best = sample;
            }
        }
        if (highest == -infinity || to_nearest(pool, best, chosen) < min_distance) return picks;
        chosen.insert(best);
        picks.push_back(best);
    }
}

constexpr std::string_view greedy_methods[] = {"coreset", "coral", "active_learning"};

constexpr Shape shapes[] = {{40, 1, 5}, {60, 2, 3}, {50, 5, 4}, {45, 16, 2}, {40, 37, 100}};

template <typename Check>
void for_random_pools(const Check& check) {
    Random random(8, 1, "pools");
    for (const auto& shape : shapes) {
        for (int repeat = 0; repeat < 8; ++repeat) check(random_pool(random, shape));
    }
}

}  // namespace

TEST_CASE("greedy selection equals brute force with ties and duplicates and preselected samples",
          "[selection]") {
    for_random_pools([](const OwnedPool& pool) {
        for (const auto method : greedy_methods) {
            for (const double min_distance : {-1.0, 1.0, 2.5, 150.0}) {
                const auto picks = select(method, pool, {.min_distance = min_distance});
                REQUIRE(samples(picks) == brute_force(method, pool, min_distance));
            }
        }
    });
}

TEST_CASE("each pick tells its exact distance to what was chosen before it", "[selection]") {
    for_random_pools([](const OwnedPool& pool) {
        for (const auto method : {"coreset", "coral"}) {
            std::set<SampleIndex> chosen(pool.preselected.begin(), pool.preselected.end());
            for (const auto& pick : select(method, pool)) {
                const double nearest = to_nearest(pool, pick.sample, chosen);
                REQUIRE(pick.distance.value_or(infinity) == nearest);
                chosen.insert(pick.sample);
            }
        }
    });
}

TEST_CASE("a shorter selection is the beginning of a longer one", "[selection]") {
    for_random_pools([](const OwnedPool& pool) {
        for (const auto method : all_methods) {
            auto longer = samples(select(method, pool, {.picks = 25}));
            const auto shorter = samples(select(method, pool, {.picks = 7}));
            REQUIRE(longer.size() >= 7);
            longer.resize(7);
            REQUIRE(shorter == longer);
        }
    });
}

TEST_CASE("what is picked and then preselected does not change what follows", "[selection]") {
    for_random_pools([](const OwnedPool& pool) {
        for (const auto method : greedy_methods) {
            const auto all = samples(select(method, pool));
            auto later = pool;
            later.preselected.insert(later.preselected.end(), all.begin(), all.begin() + 5);
            std::ranges::sort(later.preselected);

            const auto rest = samples(select(method, later));

            REQUIRE(rest == std::vector<SampleIndex>(all.begin() + 5, all.end()));
        }
    });
}

TEST_CASE("distinct samples are picked alike in whatever order they are numbered", "[selection]") {
    Random random(9, 1, "permutation");
    Matrix embeddings(60, 3);
    for (float& x : embeddings.values()) x = static_cast<float>(random.uniform());
    auto pool = pool_of(embeddings);
    for (double& score : pool.scores) score = 0.5 + random.uniform();
    const auto order = draw(random, 60, 60);
    auto permuted = pool;
    for (std::size_t i = 0; i < 60; ++i) {
        std::ranges::copy(embeddings.row(order[i]), permuted.embeddings.row(i).begin());
        permuted.scores[i] = pool.scores[order[i]];
    }

    for (const auto method : {"coral", "active_learning"}) {
        auto picks = samples(select(method, permuted));
        for (auto& sample : picks) sample = static_cast<SampleIndex>(order[sample]);
        CHECK(picks == samples(select(method, pool)));
    }
}

}  // namespace trommel::selection
