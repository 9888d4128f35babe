#include "selection/pools.hpp"
#include "trommel/core/error.hpp"
#include "trommel/selection/select.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel::selection {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

OwnedPool three() { return pool_of({{0}, {1}, {2}}); }

}  // namespace

TEST_CASE("a method without the embeddings it needs is refused", "[selection]") {
    const auto owned = three();
    Pool pool = owned;
    pool.embeddings = nullptr;
    CHECK_THROWS_WITH(select("coreset", pool), Catch::Contains("coreset needs embeddings"));
    CHECK_THROWS_AS(select("coral", pool), DataError);
    CHECK_NOTHROW(select("active_learning", pool));
}

TEST_CASE("min_distance needs embeddings whatever the method", "[selection]") {
    const auto owned = three();
    Pool pool = owned;
    pool.embeddings = nullptr;
    CHECK_THROWS_WITH(select("random", pool, {.min_distance = 0.5}),
                      Catch::Contains("random with min_distance needs embeddings"));
    CHECK_THROWS_AS(select("active_learning", pool, {.min_distance = 0.5}), DataError);
}

TEST_CASE("a method without a score for each candidate is refused", "[selection]") {
    auto pool = three();
    pool.scores.pop_back();
    CHECK_THROWS_WITH(select("coral", pool), Catch::Contains("3 candidates and 2 scores"));
    pool.scores.clear();
    CHECK_THROWS_AS(select("active_learning", pool), DataError);
    CHECK_NOTHROW(select("coreset", pool));
}

TEST_CASE("a sample without an embedding is named", "[selection]") {
    auto pool = three();
    pool.preselected = {7};
    CHECK_THROWS_WITH(select("coreset", pool), Catch::Contains("sample 7 has no embedding"));
}

TEST_CASE("the sample whose embedding is not finite is named", "[selection]") {
    for (const double bad : {nan, infinity}) {
        auto pool = three();
        pool.embeddings(2, 0) = static_cast<float>(bad);
        CHECK_THROWS_WITH(select("coreset", pool), Catch::Contains("sample 2"));
    }
}

TEST_CASE("embeddings of samples that are neither candidates nor chosen may be anything",
          "[selection]") {
    auto pool = three();
    pool.candidates = {0, 1};
    pool.embeddings(2, 0) = static_cast<float>(nan);
    CHECK_NOTHROW(select("coreset", pool));
}

TEST_CASE("the sample whose score is not finite is named", "[selection]") {
    for (const double bad : {nan, infinity, -infinity}) {
        auto pool = three();
        pool.scores[1] = bad;
        for (const auto method : {"coral", "active_learning"}) {
            CHECK_THROWS_WITH(select(method, pool), Catch::Contains("score of sample 1"));
        }
    }
}

TEST_CASE("CORAL refuses negative scores", "[selection]") {
    auto pool = three();
    pool.scores[1] = -0.5;
    CHECK_THROWS_WITH(select("coral", pool), Catch::Contains("score of sample 1 is -0.5"));
}

TEST_CASE("a min_distance that is not a number is refused", "[selection]") {
    CHECK_THROWS_AS(select("coreset", three(), {.min_distance = nan}), DataError);
}

TEST_CASE("embeddings too far apart for single precision are refused", "[selection]") {
    CHECK_THROWS_WITH(select("coreset", pool_of({{0}, {1e30f}})),
                      Catch::Contains("sample 1 is too far"));
}

}  // namespace trommel::selection
