#include "trommel/agent/active_learning_agent.hpp"

#include "platform/embedded_bench.hpp"
#include "trommel/core/random.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/scoring/classification.hpp"
#include "trommel/scoring/object_detection.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

using Names = ActiveLearningAgent::Names;
using scoring::BoundingBox;
using scoring::ObjectDetectionOutput;
using scoring::ScorerClassification;
using scoring::ScorerObjectDetection;

/// Dataset `images` of img0.jpg, img1.jpg, … at these positions on a line.
class Images {
public:
    explicit Images(const Matrix& positions) {
        Names names;
        for (std::size_t i = 0; i < positions.rows(); ++i)
            names.push_back("img" + std::to_string(i) + ".jpg");
        dataset = bench.wait(bench->create_dataset("images"));
        bench.wait(bench->add_samples(dataset, names));
        all = bench.wait(bench->create_initial_tag(dataset));
        auto rows = std::make_shared<const Matrix>(positions);
        bench.wait(bench->upload_embeddings(dataset, "positions", rows));
    }

    ActiveLearningAgent agent(std::string query = "initial-tag",
                              std::optional<std::string> preselected = std::nullopt) {
        auto opening = ActiveLearningAgent::open(
            bench.platform(), "images", std::move(query), std::move(preselected));
        return bench.wait(std::move(opening));
    }

    void tag(const std::string& name, std::vector<SampleIndex> samples) {
        NewTag made{.name = name, .mask = BitMask::of(samples), .previous = {}};
        bench.wait(bench->create_tag(dataset, std::move(made)));
    }

    std::vector<store::Job> jobs() const {
        return store::open_sqlite(dir_ / "platform.db")->jobs();
    }

private:
    TempDir dir_;

public:
    EmbeddedBench bench{dir_ / "platform.db"};
    DatasetId dataset{};
    TagId all{};
};

Matrix three() { return {{0}, {1}, {2}}; }

/// The predictions of Lightly's own example.
Probabilities example() { return {{0.1, 0.9}, {0.3, 0.7}, {0.8, 0.2}}; }

SamplerConfig by_scores(std::int64_t n_samples) {
    return {.method = SamplingMethod::active_learning, .n_samples = n_samples};
}

/// An image of `labels.size()` objects of these classes, each found with certainty `score`.
ObjectDetectionOutput image(const std::vector<int>& labels, double score) {
    const std::vector<BoundingBox> boxes(labels.size(), BoundingBox(0.1, 0.2, 0.3, 0.4));
    return ObjectDetectionOutput::from_scores(
        boxes, std::vector<double>(labels.size(), score), labels);
}

}  // namespace

TEST_CASE("three unlabeled images are labeled one after the other, the least certain first",
          "[agent]") {
    Images images(three());
    auto agent = images.agent();
    CHECK(agent.unlabeled_set() == Names{"img0.jpg", "img1.jpg", "img2.jpg"});
    CHECK(agent.labeled_set().empty());
    CHECK_THROWS_AS(agent.added_set(), Error);

    const ScorerClassification scorer(example());
    CHECK(images.bench.wait(agent.query(by_scores(1), &scorer)) == Names{"img1.jpg"});
    CHECK(agent.added_set() == Names{"img1.jpg"});
    CHECK(agent.unlabeled_set() == Names{"img0.jpg", "img2.jpg"});

    // The labeled image is predicted as well, surer than before; the model changed its mind on
    // img0.
    const ScorerClassification second({{0.45, 0.55}, {0, 1}, {0.8, 0.2}});
    CHECK(images.bench.wait(agent.query(by_scores(2), &second)) == Names{"img0.jpg", "img1.jpg"});
    CHECK(agent.added_set() == Names{"img0.jpg"});
    CHECK(agent.query_set().size() == 3);
}

TEST_CASE("predictions may be those of the unlabeled images alone", "[agent]") {
    Images images(three());
    images.tag("seen", {1});
    auto agent = images.agent("initial-tag", "seen");

    const ScorerClassification scorer({{0.1, 0.9}, {0.8, 0.2}});  // img0.jpg, img2.jpg
    images.bench.wait(agent.query(by_scores(2), &scorer));

    CHECK(agent.added_set() == Names{"img2.jpg"});
    const auto stored =
        images.bench.wait(images.bench->score_values(images.all, "uncertainty_least_confidence"));
    CHECK_THAT(stored, Catch::Approx(std::vector<double>{0.2, 0, 0.4}));
}

TEST_CASE("detections select the image with the most objects", "[agent]") {
    Images images({{0}, {1}, {2}, {3}});
    auto agent = images.agent();
    const ScorerObjectDetection scorer(
        {image({0, 0}, 0.9), image({}, 0.9), image({0, 1, 2}, 0.9), image({1}, 0.1)});
    auto config = by_scores(1);
    config.score = "object_frequency";

    images.bench.wait(agent.query(config, &scorer));
    CHECK(agent.added_set() == Names{"img2.jpg"});

    config.n_samples = 2;
    config.score = "objectness_least_confidence";
    images.bench.wait(agent.query(config, &scorer));
    CHECK(agent.added_set() == Names{"img3.jpg"});
    CHECK(agent.labeled_set() == Names{"img2.jpg", "img3.jpg"});
}

TEST_CASE("without scores the agent selects by distance", "[agent]") {
    Images images({{0}, {1}, {2}, {10}, {11}, {20}});
    images.tag("first", {0});
    auto agent = images.agent("initial-tag", "first");
    SamplerConfig config;
    config.n_samples = 3;
    images.bench.wait(agent.query(config));
    CHECK(agent.added_set() == Names{"img3.jpg", "img5.jpg"});
    CHECK(agent.labeled_set() == Names{"img0.jpg", "img3.jpg", "img5.jpg"});

    config.n_samples = -1;
    images.bench.wait(agent.query(config));
    CHECK(agent.added_set() == Names{"img1.jpg", "img2.jpg", "img4.jpg"});
    CHECK(agent.unlabeled_set().empty());
}

TEST_CASE("every strategy that a job can use is reached by its name", "[agent]") {
    for (const auto& strategy : selection::strategies()) {
        if (strategy.needs_probabilities) continue;
        INFO(strategy.name);
        Images images({{0, 1}, {1, 1}, {2, 1}, {10, 1}, {11, 1}, {20, 1}});
        images.tag("end", {5});
        auto agent = images.agent();
        scoring::Scores scores;
        for (const auto* type :
             {"uncertainty_margin", "uncertainty_entropy", "uncertainty_least_confidence"})
            scores.push_back({.name = type, .values = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6}});
        images.bench.wait(agent.upload_scores(scores));
        SamplerConfig config;
        config.n_samples = 2;
        config.min_distance = strategy.name == "deduplicate" ? 0.5 : -1;
        config.strategy.emplace();
        config.strategy->name = strategy.name;
        if (strategy.name == "prob_cover") config.strategy->settings["radius"] = "1.5";
        if (strategy.name == "combined")
            config.strategy->goals = selection::parse_goals_of_job({"diversity", "similarity"});
        if (strategy.name == "balance")
            config.strategy->goals =
                selection::parse_goals_of_job({"balance=uncertainty_margin+uncertainty_entropy"});
        if (selection::needs_query(*config.strategy)) config.similar_to = "end";
        CHECK(images.bench.wait(agent.query(config)).size() == 2);
        CHECK(images.jobs().back().request.strategy.name == strategy.name);
    }
}

TEST_CASE("a query may ask for a share of what is unlabeled, and leave out by scores", "[agent]") {
    Images images({{0}, {1}, {2}, {10}, {11}, {20}});
    images.tag("first", {0});
    auto agent = images.agent("initial-tag", "first");
    images.bench.wait(agent.upload_scores({{.name = "blur", .values = {0, 0, 0, 0, 0, 1}}}));
    SamplerConfig config;
    config.n_samples = -1;
    config.proportion = 0.3;
    config.strategy.emplace();
    config.strategy->thresholds = selection::parse_thresholds({"blur<=0.5"});
    images.bench.wait(agent.query(config));
    CHECK(agent.added_set() == Names{"img2.jpg", "img4.jpg"});

    config.similar_to = "nowhere";
    config.strategy->name = "similarity";
    CHECK_THROWS_WITH(images.bench.wait(agent.query(config)),
                      Catch::Contains("has no tag 'nowhere'"));
}

TEST_CASE("the agent chooses from the query tag alone", "[agent]") {
    Images images({{0}, {1}, {2}, {10}, {11}, {20}});
    images.tag("near", {0, 1, 2});
    images.tag("first", {0, 5});
    auto agent = images.agent("near", "first");
    CHECK(agent.query_set() == Names{"img0.jpg", "img1.jpg", "img2.jpg"});
    CHECK(agent.labeled_set() == Names{"img0.jpg", "img5.jpg"});
    CHECK(agent.unlabeled_set() == Names{"img1.jpg", "img2.jpg"});
    SamplerConfig config;
    images.bench.wait(agent.query(config));
    CHECK(agent.added_set() == Names{"img1.jpg", "img2.jpg"});
}

TEST_CASE("a query for fewer samples than are labeled is skipped with a warning", "[agent]") {
    Images images(three());
    images.tag("seen", {0, 2});
    auto agent = images.agent("initial-tag", "seen");
    std::string warning;
    agent.on_warning([&](const std::string& text) { warning = text; });

    CHECK(images.bench.wait(agent.query(by_scores(1))) == Names{"img0.jpg", "img2.jpg"});

    CHECK_THAT(warning, Catch::Contains("skipping the active learning query"));
    CHECK_THROWS_AS(agent.added_set(), Error);
    CHECK(images.bench.wait(images.bench->tags(images.dataset)).size() == 2);
}

TEST_CASE("predictions of a wrong number are refused before any is uploaded", "[agent]") {
    Images images(three());
    auto agent = images.agent();
    scoring::Scores scores{{.name = "good", .values = {1, 2, 3}},
                           {.name = "bad", .values = {1, 2}}};
    CHECK_THROWS_WITH(
        images.bench.wait(agent.upload_scores(scores)),
        Catch::Contains("number of query samples (3) must match the number of predictions (2)"));
    CHECK_THROWS_WITH(images.bench.wait(agent.upload_scores(scoring::Scores())),
                      Catch::Contains("no scores found"));
    CHECK(images.bench.wait(images.bench->scores(images.all)).empty());
}

TEST_CASE("unknown datasets and tags are named", "[agent]") {
    Images images(three());
    CHECK_THROWS_WITH(images.agent("no such tag"),
                      "dataset 'images' has no tag 'no such tag'; create it, or name one of its "
                      "tags");
    auto opening = ActiveLearningAgent::open(images.bench.platform(), "pictures");
    CHECK_THROWS_WITH(images.bench.wait(std::move(opening)),
                      Catch::Contains("no dataset 'pictures'"));
}

TEST_CASE("queries of one second get different tags", "[agent]") {
    Images images({{0}, {1}, {2}, {10}, {11}, {20}});
    auto agent = images.agent();
    const SamplerConfig config{.method = SamplingMethod::random, .n_samples = 2};
    for (int i = 0; i < 3; ++i) images.bench.wait(agent.query(config));
    CHECK(images.bench.wait(images.bench->tags(images.dataset)).size() == 4);
}

TEST_CASE("a selection that fails is an error with its reason", "[agent]") {
    Images images(three());
    auto agent = images.agent();
    CHECK_THROWS_WITH(images.bench.wait(agent.query(by_scores(2))), Catch::Contains("no scores"));
}

TEST_CASE("a query that nobody waits for any more ends its selection", "[agent]") {
    Matrix many(40'000, 64);
    Random random(1, 0, "many");
    for (auto& value : many.values()) value = static_cast<float>(random.uniform());
    Images images(many);
    auto agent = images.agent();
    SystemClock clock;
    auto query = agent.query({.method = SamplingMethod::coreset, .n_samples = 39'000});
    auto impatient =
        with_deadline(clock, std::move(query), clock.now() + std::chrono::milliseconds(300));
    CHECK_THROWS_AS(images.bench.wait(std::move(impatient)), DeadlineExceeded);

    const auto jobs = images.jobs();
    REQUIRE(jobs.size() == 1);
    CHECK(jobs[0].state == JobState::failed);
    CHECK(jobs[0].error == "cancelled on request");
}

TEST_CASE("the default name of a selection says what was asked for and when", "[agent]") {
    setenv("TZ", "UTC", 1);
    tzset();
    const std::chrono::sys_seconds then(std::chrono::seconds(1615471559));
    CHECK(default_name({}, then) == "CORESET_32_-1_03_11_2021__14_05_59");
    CHECK(default_name({.method = SamplingMethod::coral, .n_samples = -1, .min_distance = 0.25},
                       then) == "CORAL_-1_0.25_03_11_2021__14_05_59");
    SamplerConfig by_name;
    by_name.strategy.emplace();
    by_name.strategy->name = "kmeans++";
    CHECK(default_name(by_name, then) == "kmeanspp_32_-1_03_11_2021__14_05_59");
}

}  // namespace trommel::test
