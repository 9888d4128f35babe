#include "trommel/selection/select.hpp"

#include "selection/pools.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace trommel::selection {

namespace {

using Samples = std::vector<SampleIndex>;

/// Five samples on a line.
OwnedPool line() { return pool_of({{0}, {1}, {4}, {9}, {10}}); }

}  // namespace

TEST_CASE("CORESET begins with the first candidate and goes on with the farthest", "[selection]") {
    const auto picks = select("coreset", line());

    CHECK(samples(picks) == Samples{0, 4, 2, 1, 3});
    CHECK_FALSE(picks[0].distance);
    CHECK(picks[1].distance == 10);
    CHECK(picks[2].distance == 4);
    CHECK(picks[3].distance == 1);
    CHECK_FALSE(picks[0].score);
}

TEST_CASE("CORESET begins far from what is preselected", "[selection]") {
    auto pool = line();
    pool.preselected = {4};
    CHECK(samples(select("coreset", pool, {.picks = 2})) == Samples{0, 2});
}

TEST_CASE("preselected samples outside the candidates count as chosen", "[selection]") {
    auto pool = line();
    pool.candidates = {1, 2, 3};
    pool.preselected = {0, 4};

    const auto picks = select("coreset", pool, {.picks = 1});

    CHECK(samples(picks) == Samples{2});
    CHECK(picks[0].distance == 4);
}

TEST_CASE("CORAL begins with the highest score and weighs distance with score", "[selection]") {
    auto pool = line();
    pool.scores = {0.1, 0.5, 1, 0.5, 0.25};

    const auto picks = select("coral", pool);

    // After 2: 4 * 0.1, 3 * 0.5, 5 * 0.5, 6 * 0.25. After 3: 0.4, 1.5, 1 * 0.25. After 1: 0.1,
    // 0.25.
    CHECK(samples(picks) == Samples{2, 3, 1, 4, 0});
    CHECK(picks[0].score == 1);
    CHECK(picks[1].distance == 5);
    CHECK(picks[1].score == 0.5);
}

TEST_CASE("CORAL with equal scores picks what CORESET picks", "[selection]") {
    Random random(2, 1, "pool");
    Matrix embeddings(200, 7);
    for (float& x : embeddings.values()) x = static_cast<float>(random.uniform());
    const auto pool = pool_of(std::move(embeddings));

    CHECK(samples(select("coral", pool)) == samples(select("coreset", pool)));
}

TEST_CASE("a score of 0 makes CORAL pick a sample last", "[selection]") {
    auto pool = line();
    pool.scores = {0, 1, 1, 1, 0};
    const auto picks = samples(select("coral", pool));
    CHECK(picks == Samples{1, 3, 2, 0, 4});
}

TEST_CASE("ACTIVE_LEARNING picks the highest scores first and the first of equals", "[selection]") {
    auto pool = line();
    pool.scores = {0.5, -1, 0.5, 2, 0.5};

    const auto picks = select("active_learning", pool, {.picks = 4});

    CHECK(samples(picks) == Samples{3, 0, 2, 4});
    CHECK(picks[0].score == 2);
    CHECK_FALSE(picks[1].distance);
}

TEST_CASE("scores belong to candidates and not to samples", "[selection]") {
    auto pool = line();
    pool.candidates = {1, 3, 4};
    pool.preselected = {3};
    pool.scores = {0.25, 1, 0.5};

    const auto picks = select("active_learning", pool);

    CHECK(samples(picks) == Samples{4, 1});
    CHECK(picks[0].score == 0.5);
}

TEST_CASE("RANDOM depends on the seed alone", "[selection]") {
    const auto pool = pool_of(Matrix(100, 1));
    const auto pick = [&](std::uint64_t seed) {
        return samples(select("random", pool, {.picks = 20}, Random(seed, 1, "sample")));
    };
    CHECK(pick(1) == pick(1));
    CHECK(pick(1) != pick(2));
}

TEST_CASE("RANDOM needs neither embeddings nor scores", "[selection]") {
    const Samples candidates{2, 3, 5};
    auto picks = samples(select("random", {.candidates = candidates}));
    std::ranges::sort(picks);
    CHECK(picks == candidates);
}

TEST_CASE("RANDOM picks every sample equally often", "[selection]") {
    const Samples candidates{0, 1, 2, 3, 4};
    std::vector<int> counts(5);
    for (std::uint64_t seed = 0; seed < 5000; ++seed) {
        for (const auto sample : samples(select(
                 "random", {.candidates = candidates}, {.picks = 2}, Random(seed, 1, "sample")))) {
            ++counts[sample];
        }
    }
    for (const int count : counts) CHECK(count == Approx(2000).epsilon(0.06));
}

TEST_CASE("min_distance stops before a pick that would be nearer", "[selection]") {
    // CORESET on the line picks at distances -, 10, 4, 1, 1.
    const auto count = [](double min_distance) {
        return select("coreset", line(), {.min_distance = min_distance}).size();
    };
    CHECK(count(10.5) == 1);
    CHECK(count(10) == 2);
    CHECK(count(4.5) == 2);
    CHECK(count(4) == 3);
    CHECK(count(1) == 5);
    CHECK(count(0) == 5);
    CHECK(count(-1) == 5);
}

TEST_CASE("min_distance counts from preselected samples", "[selection]") {
    auto pool = line();
    pool.preselected = {2};
    CHECK(select("coreset", pool, {.min_distance = 6.5}).empty());
}

TEST_CASE("min_distance stops ACTIVE_LEARNING and RANDOM at the first pick too near",
          "[selection]") {
    auto pool = line();
    pool.scores = {5, 3, 4, 2, 1};  // 0, then 2 at distance 4, then 1 at distance 1

    const auto picks = select("active_learning", pool, {.min_distance = 2});
    CHECK(samples(picks) == Samples{0, 2});
    CHECK_FALSE(picks[0].distance);
    CHECK(picks[1].distance == 4);

    CHECK(select("random", pool, {.min_distance = 11}).size() == 1);
    CHECK(select("random", pool, {.min_distance = 0.5}).size() == 5);
}

TEST_CASE("min_distance stops CORAL although a farther sample is left", "[selection]") {
    auto pool = line();
    pool.scores = {1, 1, 0, 0, 0.01};
    // 0, then 1 at distance 1 * 1 before 4 at distance 10 * 0.01.
    CHECK(samples(select("coral", pool, {.min_distance = 2})) == Samples{0});
}

TEST_CASE("copies of a chosen sample come last", "[selection]") {
    const auto pool = pool_of({{1, 1}, {1, 1}, {5, 5}, {1, 1}, {5, 5}});
    CHECK(samples(select("coreset", pool)) == Samples{0, 2, 1, 3, 4});
}

TEST_CASE("every method picks each candidate once and no preselected one", "[selection]") {
    auto pool = line();
    pool.preselected = {1, 3};
    for (const auto method : all_methods) {
        auto picks = samples(select(method, pool, {.picks = 100}));
        std::ranges::sort(picks);
        CHECK(picks == Samples{0, 2, 4});
    }
}

TEST_CASE("no picks or no candidates give no picks", "[selection]") {
    auto pool = line();
    for (const auto method : all_methods) {
        CHECK(select(method, pool, {.picks = 0}).empty());
        CHECK(select(method, OwnedPool{}, {.picks = 3}).empty());
    }
    pool.preselected = pool.candidates;
    for (const auto method : all_methods) CHECK(select(method, pool).empty());
}

}  // namespace trommel::selection
