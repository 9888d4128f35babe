#include "pipeline/engine/stop/round_watch.hpp"

#include "pipeline/engine/stop/bookkeeping.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace trommel {
namespace {

using Samples = std::vector<SampleIndex>;

StageType sends(std::string_view port) {
    StageType type;
    type.output = port;
    return type;
}

/// Ears, and stages to speak into them.
struct Watching {
    StageType scorer = sends(ScoreBatch::port);
    StageType predictor = sends(ClassificationBatch::port);
    WatchNeeds needs{.scores = {"margin"}, .classes = true};

    void score(RoundWatch& watch, Samples samples, std::vector<double> values) const {
        auto tags = std::make_shared<TagSet>();
        tags->preselected.emplace().mask = BitMask::of(chosen);
        auto batch = std::make_shared<ScoreBatch>();
        batch->of = std::move(tags);
        batch->samples = std::move(samples);
        batch->columns = {{"margin", std::move(values)}};
        watch.sent({.name = "score", .type = &scorer}, batch);
    }

    /// The class of each of the samples 0, 1, …
    void predict(RoundWatch& watch,
                 const std::vector<std::size_t>& classes,
                 std::size_t known) const {
        auto batch = std::make_shared<ClassificationBatch>();
        batch->probs = Probabilities(classes.size(), known);
        for (std::size_t i = 0; i < classes.size(); ++i) {
            batch->samples.push_back(static_cast<SampleIndex>(i));
            batch->probs.row(i)[classes[i]] = 1;
        }
        watch.sent({.name = "predict", .type = &predictor}, batch);
    }

    Samples chosen{};
};

}  // namespace

TEST_CASE("the mean of a score is over what could have been chosen", "[pipeline]") {
    Watching stages;
    stages.chosen = {2};
    StopFacts facts;
    RoundWatch watch(stages.needs, facts);
    stages.score(watch, {0, 1}, {0.2, 0.4});
    stages.score(watch, {2, 3}, {100, 0.6});

    watch.digest({3}, facts);

    CHECK(facts.mean_scores.at("margin") == Approx(0.4));
    CHECK(facts.next.at("margin") == Samples{1});
    CHECK(facts.overlaps.empty());
}

TEST_CASE("a batch that is sent again replaces the first", "[pipeline]") {
    const Watching stages;
    StopFacts facts;
    RoundWatch watch(stages.needs, facts);
    stages.score(watch, {0, 1}, {9, 9});
    stages.score(watch, {0, 1}, {0.2, 0.4});
    watch.digest({}, facts);
    CHECK(facts.mean_scores.at("margin") == Approx(0.3));
}

TEST_CASE("the overlap is of the selection with what was next by the scores before", "[pipeline]") {
    const Watching stages;
    StopFacts facts;
    RoundWatch first(stages.needs, facts);
    stages.score(first, {0, 1, 2, 3, 4, 5}, {0.9, 0.8, 0.5, 0.5, 0.5, 0.1});
    first.digest({0, 1}, facts);
    CHECK(facts.next.at("margin") == Samples{2, 3});

    RoundWatch second(stages.needs, facts);
    second.digest({3, 5}, facts);
    CHECK(facts.overlaps.at("margin") == Approx(0.5));
    CHECK(facts.mean_scores.empty());
}

TEST_CASE("kappa compares the classes of successive models on the stop set", "[pipeline]") {
    const Watching stages;
    StopFacts facts;
    facts.stop_set = {0, 1, 2, 3};
    const auto round = [&](const std::vector<std::size_t>& classes, std::size_t known) {
        RoundWatch watch(stages.needs, facts);
        stages.predict(watch, classes, known);
        watch.digest({}, facts);
    };
    round({0, 0, 1, 1, 0}, 2);
    CHECK(facts.kappas.empty());
    round({0, 0, 1, 0, 1}, 2);
    CHECK(facts.kappas == std::vector<double>{0.5});
    round({0, 0, 1, 0, 1}, 2);
    CHECK(facts.kappas == std::vector<double>{0.5, 1});
    round({0, 0, 1, 0, 1}, 3);
    CHECK(facts.kappas.empty());
    round({0, 0, 2, 0, 1}, 3);
    CHECK(facts.kappas.size() == 1);
}

TEST_CASE("Cohen's kappa is what his table gives", "[pipeline]") {
    // Two judges, 50 items: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: (0.7 - 0.5) / (1 - 0.5).
    std::vector<std::uint32_t> a;
    std::vector<std::uint32_t> b;
    const auto add = [&](std::size_t count, std::uint32_t one, std::uint32_t other) {
        a.insert(a.end(), count, one);
        b.insert(b.end(), count, other);
    };
    add(20, 1, 1);
    add(5, 1, 0);
    add(10, 0, 1);
    add(15, 0, 0);
    CHECK(cohens_kappa(a, b) == Approx(0.4));
    CHECK(cohens_kappa({7, 7}, {7, 7}) == 1);
    CHECK(cohens_kappa({0, 1}, {1, 0}) == Approx(-1));
}

TEST_CASE("the stop set is all of a small pool and 2,000 of a large one", "[pipeline]") {
    CHECK(draw_stop_set(BitMask::of(Samples{3, 5}), 1) == Samples{3, 5});
    const auto drawn = draw_stop_set(BitMask::first(10'000), 1);
    CHECK(drawn.size() == 2000);
    CHECK(drawn == draw_stop_set(BitMask::first(10'000), 1));
    CHECK(drawn != draw_stop_set(BitMask::first(10'000), 2));
    CHECK(std::is_sorted(drawn.begin(), drawn.end()));
}

TEST_CASE("the facts of a run survive as JSON", "[pipeline]") {
    StopFacts facts;
    facts.begun += std::chrono::milliseconds(1234567890123);
    facts.pool = 1000;
    facts.labeled = 40;
    facts.last_growth = 20;
    facts.human = BitMask::of(Samples{1, 70});
    facts.answered = {{"label", BitMask::of(Samples{1, 70})}};
    facts.unanswered = BitMask::of(Samples{2});
    facts.owed = BitMask::of(Samples{3, 64});
    facts.spent = 0.1 + 0.2;
    facts.last_cost = 1e-9;
    facts.stage_runs = {{"train", 3}};
    facts.mean_scores = {{"margin", 1.0 / 3}};
    facts.overlaps = {{"margin", 0.5}};
    facts.next = {{"margin", {4, 9}}};
    facts.stop_set = {1, 2};
    facts.predicted = {0, 1};
    facts.classes = 2;
    facts.kappas = {0.9};
    facts.warned = {"missing-class: x"};

    CHECK(stop_facts_from(boost::json::parse(json_text(to_json(facts)))) == facts);
    CHECK_THROWS_AS(stop_facts_from(boost::json::object{}), DataError);
    CHECK_THROWS_AS(stop_facts_from(3), DataError);
}

}  // namespace trommel
