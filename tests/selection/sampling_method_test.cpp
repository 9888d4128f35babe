#include "trommel/selection/sampling_method.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("sampling methods have Lightly's names and are read back by them", "[selection]") {
    using enum SamplingMethod;
    CHECK(to_string(random) == "RANDOM");
    CHECK(to_string(coreset) == "CORESET");
    CHECK(to_string(coral) == "CORAL");
    CHECK(to_string(active_learning) == "ACTIVE_LEARNING");
    for (const auto method : {random, coreset, coral, active_learning}) {
        CHECK(parse_sampling_method(to_string(method)) == method);
    }
}

TEST_CASE("a name of no sampling method is none", "[selection]") {
    CHECK_FALSE(parse_sampling_method("coreset"));
    CHECK_FALSE(parse_sampling_method(""));
}

TEST_CASE("only diversity looks at embeddings and only uncertainty at scores", "[selection]") {
    using enum SamplingMethod;
    CHECK_FALSE(uses_embeddings(random));
    CHECK_FALSE(uses_scores(random));
    CHECK(uses_embeddings(coreset));
    CHECK_FALSE(uses_scores(coreset));
    CHECK(uses_embeddings(coral));
    CHECK(uses_scores(coral));
    CHECK_FALSE(uses_embeddings(active_learning));
    CHECK(uses_scores(active_learning));
}

}  // namespace trommel
