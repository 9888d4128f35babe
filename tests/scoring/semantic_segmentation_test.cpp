#include "trommel/scoring/semantic_segmentation.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::scoring {
namespace {

const std::vector<std::string> margin_alone{"uncertainty_margin"};

}  // namespace

TEST_CASE("an image's score is the mean over its pixels", "[scoring]") {
    const auto scores =
        ScorerSemanticSegmentation({{{1, 0}, {0.5, 0.5}}, {{0.75, 0.25}}}).calculate_scores();
    REQUIRE(scores.size() == 3);
    CHECK(scores[0] == ScoreColumn{"uncertainty_least_confidence", {0.5, 0.5}});
    CHECK(scores[1] == ScoreColumn{"uncertainty_margin", {0.5, 0.5}});
    CHECK(scores[2].values[1] == Approx(0.811278).epsilon(1e-6));
}

TEST_CASE("images may come one at a time, of any size and number of classes", "[scoring]") {
    std::vector<Probabilities> images{{{1, 0}}, {{0.25, 0.25, 0.25, 0.25}, {1, 0, 0, 0}}, {{0.5}}};
    std::size_t next = 0;
    const ScorerSemanticSegmentation scorer([&]() -> std::optional<Probabilities> {
        if (next == images.size()) return std::nullopt;
        return images[next++];
    });
    CHECK(scorer.calculate_scores()[1].values == std::vector<double>{0, 0.5, 1});
    CHECK_THROWS_WITH(scorer.calculate_scores(), Catch::Contains("was the generator used before?"));
}

TEST_CASE("an image without pixels or with a bad one is refused", "[scoring]") {
    SegmentationScorer scorer(margin_alone);
    CHECK_THROWS_AS(scorer(std::span<const double>(), 3), DataError);
    const std::vector<double> pixels{0.5, 0.5, 0.9, 0.3};
    CHECK(scorer(std::span<const double>(pixels), 2).size() == 1);
    CHECK_THROWS_WITH(scorer(std::span<const double>(pixels), 2, true),
                      Catch::Contains("pixel 1: its 2 probabilities sum to 1.2"));
}

}  // namespace trommel::scoring
