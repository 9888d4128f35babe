#include "trommel/pipeline/engine/history/history.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("metrics are written one column each, empty where a round has none", "[pipeline]") {
    History history;
    history.measurements.push_back({0, 20, {{"evaluate.accuracy", 0.5}}});
    history.measurements.push_back({1, 40, {{"evaluate.accuracy", 0.75}, {"drift.distance", 0.1}}});
    CHECK(metrics_csv(history) == "round,labels,distance,accuracy\n0,20,,0.5\n1,40,0.1,0.75\n");
}

TEST_CASE("metrics of one name keep their stage's", "[pipeline]") {
    History history;
    history.measurements.push_back({0, 20, {{"a.accuracy", 0.5}, {"b.accuracy", 0.25}}});
    CHECK(metrics_csv(history) == "round,labels,a.accuracy,b.accuracy\n0,20,0.5,0.25\n");
}

TEST_CASE("picks are written in the order of choosing, names quoted where they must be",
          "[pipeline]") {
    History history;
    history.picks.push_back({1, {{"b.jpg", 0.5}, {"a, b.jpg", std::nullopt, 1.5, "b.jpg"}}});
    CHECK(picks_csv(history) ==
          "round,rank,file_name,score,distance,nearest\n1,1,b.jpg,0.5,,\n"
          "1,2,\"a, b.jpg\",,1.5,b.jpg\n");
}

TEST_CASE("a metric's values come oldest first", "[pipeline]") {
    History history;
    history.measurements.push_back({0, 1, {{"e.a", 1}}});
    history.measurements.push_back({1, 2, {}});
    history.measurements.push_back({2, 3, {{"e.a", 2}}});
    CHECK(history.values_of("e.a") == std::vector<double>{1, 2});
}

TEST_CASE("a round says what stopped it and how much an approximate search found", "[pipeline]") {
    RoundPicks round;
    CHECK(stop_reason_of(round).empty());
    round.outcome.recall = 0.99649;
    CHECK(stop_reason_of(round) == "99.6 % of nearest samples found");
    round.stop_reasons = {selection::StopReason::none_left};
    CHECK(stop_reason_of(round) == "no sample is left; 99.6 % of nearest samples found");
}

}  // namespace trommel
