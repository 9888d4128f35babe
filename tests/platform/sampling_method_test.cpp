#include "trommel/platform/sampling_method.hpp"

#include "trommel/selection/strategy.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("sampling methods have Lightly's names and are read back by them", "[platform]") {
    using enum SamplingMethod;
    CHECK(to_string(random) == "RANDOM");
    CHECK(to_string(coreset) == "CORESET");
    CHECK(to_string(coral) == "CORAL");
    CHECK(to_string(active_learning) == "ACTIVE_LEARNING");
    for (const auto method : {random, coreset, coral, active_learning}) {
        CHECK(parse_sampling_method(to_string(method)) == method);
    }
}

TEST_CASE("a name of no sampling method is none", "[platform]") {
    CHECK_FALSE(parse_sampling_method("coreset"));
    CHECK_FALSE(parse_sampling_method(""));
}

TEST_CASE("Lightly's methods are strategies, and only those are methods", "[platform]") {
    for (const auto method : sampling_methods) {
        CHECK(selection::find_strategy(strategy_name(method)) != nullptr);
        CHECK(method_of(strategy_name(method)) == method);
    }
    CHECK_FALSE(method_of("dmbal"));
    CHECK_FALSE(method_of("CORESET"));
}

TEST_CASE("only diversity uses embeddings and only uncertainty at scores", "[platform]") {
    using enum SamplingMethod;
    const auto strategy = [](SamplingMethod method) {
        return *selection::find_strategy(strategy_name(method));
    };
    CHECK_FALSE(strategy(random).needs_embeddings);
    CHECK_FALSE(strategy(random).needs_scores);
    CHECK(strategy(coreset).needs_embeddings);
    CHECK_FALSE(strategy(coreset).needs_scores);
    CHECK(strategy(coral).needs_embeddings);
    CHECK(strategy(coral).needs_scores);
    CHECK_FALSE(strategy(active_learning).needs_embeddings);
    CHECK(strategy(active_learning).needs_scores);
}

}  // namespace trommel
