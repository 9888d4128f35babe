#include "trommel/scoring/scorer.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace trommel::scoring {

TEST_CASE("score names come in Lightly's order", "[scoring]") {
    CHECK(score_names(Task::classification) ==
          std::vector<std::string>{
              "uncertainty_least_confidence", "uncertainty_margin", "uncertainty_entropy"});
    CHECK(score_names(Task::object_detection) ==
          std::vector<std::string>{"object_frequency",
                                   "objectness_least_confidence",
                                   "uncertainty_least_confidence",
                                   "uncertainty_margin",
                                   "uncertainty_entropy"});
    CHECK(score_names(Task::semantic_segmentation) == score_names(Task::classification));
    CHECK(score_names(Task::keypoint_detection) == std::vector<std::string>{"mean_uncertainty"});
}

TEST_CASE("scores that Lightly does not have are computed on request alone", "[scoring]") {
    const auto all = all_score_names(Task::classification);
    CHECK(all.size() == 7);
    CHECK(std::ranges::count(all, "uncertainty_ratio") == 1);
    CHECK(std::ranges::count(score_names(Task::classification), "uncertainty_ratio") == 0);
    CHECK_FALSE(find_task("segmentation"));
}

TEST_CASE("every score name means itself", "[scoring]") {
    for (const auto task : {Task::classification,
                            Task::object_detection,
                            Task::semantic_segmentation,
                            Task::keypoint_detection}) {
        CHECK(find_task(to_string(task)) == task);
        for (const auto& name : all_score_names(task)) CHECK(find_score_name(task, name) == name);
    }
}

TEST_CASE("an old name means the same quantity of its task", "[scoring]") {
    using enum Task;
    CHECK(find_score_name(classification, "prediction-margin") == "uncertainty_least_confidence");
    CHECK(find_score_name(classification, "prediction-entropy") == "uncertainty_entropy");
    CHECK(find_score_name(object_detection, "object-frequency") == "object_frequency");
    CHECK(find_score_name(object_detection, "prediction-margin") == "objectness_least_confidence");
}

TEST_CASE("a name of the other task or of none means nothing", "[scoring]") {
    CHECK_FALSE(find_score_name(Task::classification, "object_frequency"));
    CHECK_FALSE(find_score_name(Task::classification, "BALD"));
    CHECK_FALSE(find_score_name(Task::object_detection, ""));
}

TEST_CASE("an unknown score name is answered with the nearest one", "[scoring]") {
    CHECK_THROWS_AS(score_name(Task::classification, "uncertainty_margn"), ConfigError);
    CHECK_THROWS_WITH(score_name(Task::classification, "uncertainty_margn"),
                      Catch::Contains("did you mean 'uncertainty_margin'?"));
}

}  // namespace trommel::scoring
