#include "platform/contract.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

using Reason = PlatformError::Reason;

void check_repeated_tags(PlatformBench& bench, const Line& line) {
    const auto create = [&](BitMask mask, std::optional<TagId> previous = {}) {
        NewTag tag{.name = "labeled", .mask = std::move(mask), .previous = previous};
        return bench->create_tag(line.dataset, std::move(tag));
    };
    const auto first = bench.wait(create(mask_of({1, 2})));

    SECTION("a tag created again as it was is the tag that is there") {
        CHECK(bench.wait(create(mask_of({1, 2}))) == first);
        CHECK(bench.wait(create(mask_of({2, 1}), line.all)) == first);
        CHECK(bench.wait(bench->tags(line.dataset)).size() == 2);
    }
    SECTION("a tag of the same name with other samples or another origin is refused") {
        CHECK(refusal(bench, create(mask_of({1}))).reason() == Reason::exists);
        CHECK(refusal(bench, create(mask_of({1, 2}), first)).reason() == Reason::exists);
    }
}

void check_repeated_scores(PlatformBench& bench, const Line& line) {
    const auto upload = [&](std::string type, double value, std::string key) {
        bench.wait(bench->upload_scores(
            line.all, std::move(type), std::vector<double>(6, value), std::move(key)));
    };
    const auto margins = [&] { return bench.wait(bench->score_values(line.all, "margin")); };

    SECTION("scores uploaded again with their key change nothing, even after others") {
        upload("margin", 0.1, "round 1");
        upload("entropy", 0.2, "round 1");
        upload("margin", 0.3, "round 2");
        upload("margin", 0.1, "round 1");
        CHECK(margins() == std::vector<double>(6, 0.3));
        CHECK(bench.wait(bench->scores(line.all)).back().type == "margin");
    }
    SECTION("scores that were refused have not used their key") {
        CHECK(refusal(bench, bench->upload_scores(line.all, "margin", {1}, "k")).reason() ==
              Reason::invalid);
        upload("margin", 0.5, "k");
        CHECK(margins() == std::vector<double>(6, 0.5));
    }
}

void check_repeated_requests(PlatformBench& bench, const Line& line) {
    auto request = request_on(line, "chosen", 3);
    request.key = "run 1 round 1";
    const auto job = bench.wait(bench->sample(request));

    SECTION("a request with a known key gives its job, before and after its end") {
        CHECK(bench.wait(bench->sample(request)) == job);
        const auto result = bench.ended(job).result;
        CHECK(bench.wait(bench->sample(request)) == job);
        CHECK(bench.wait(bench->job(job)).result == result);
        CHECK(bench.wait(bench->tags(line.dataset)).size() == 2);
    }
    SECTION("what a request leaves to the platform is what it was at the first time") {
        bench.ended(job);
        bench.wait(bench->upload_embeddings(
            line.dataset, "newer", std::make_shared<const Matrix>(Matrix(6, 1))));
        request.query = TagId();
        CHECK(bench.wait(bench->sample(request)) == job);
        request.embedding = line.embedding;
        CHECK(bench.wait(bench->sample(request)) == job);
    }
    SECTION("another request with the same key is refused with what differs") {
        const auto differs_in = [&](const char* field, const auto& change) {
            auto other = request;
            change(other);
            const auto error = refusal(bench, bench->sample(other));
            CHECK(error.reason() == Reason::invalid);
            CHECK_THAT(error.what(),
                       Catch::Contains("'run 1 round 1'") && Catch::Contains(job.text()) &&
                           Catch::Contains(field));
        };
        differs_in("'new_tag_name'", [](auto& other) { other.new_tag_name = "other"; });
        differs_in("'strategy'", [](auto& other) { other.strategy.name = "random"; });
        differs_in("'strategy'", [](auto& other) {
            other.strategy.thresholds = selection::parse_thresholds({"margin>=0.1"});
        });
        differs_in("'proportion'", [](auto& other) { other.proportion = 0.5; });
        differs_in("'strategy'",
                   [](auto& other) { other.strategy.settings["first"] = "centroid"; });
        differs_in("'samples'", [](auto& other) { other.samples = 4; });
        differs_in("'samples'", [](auto& other) { other.samples.reset(); });
        differs_in("'seed'", [](auto& other) { other.seed = 1; });
        differs_in("'round'", [](auto& other) { other.round = 1; });
        differs_in("'min_distance'", [](auto& other) { other.min_distance = 0.5; });
        differs_in("'preselected'", [&](auto& other) { other.preselected = line.all; });
        differs_in("'query'", [](auto& other) { other.query = TagId("another"); });
        differs_in("'embedding'", [](auto& other) { other.embedding = EmbeddingId("another"); });
    }
    SECTION("another key is another request, and a key counts for one dataset") {
        auto next = request_on(line, "chosen next", 3);
        next.key = "run 1 round 2";
        CHECK(bench.wait(bench->sample(next)) != job);
        const auto other = bench.wait(bench->create_dataset("other"));
        bench.wait(bench->add_samples(other, {"a", "b"}));
        bench.wait(bench->create_initial_tag(other));
        SamplingRequest elsewhere{.dataset = other, .new_tag_name = "chosen"};
        elsewhere.strategy.name = "random";
        elsewhere.key = request.key;
        CHECK(bench.wait(bench->sample(elsewhere)) != job);
    }
    SECTION("a request that was refused has not used its key") {
        auto bad = request_on(line, "x", 3);
        bad.key = "run 1 round 2";
        CHECK(refusal(bench, bench->sample(bad)).reason() == Reason::invalid);
        bad.new_tag_name = "chosen next";
        CHECK(bench.wait(bench->sample(bad)) != job);
    }
}

}  // namespace

void check_repetitions(PlatformBench& bench) {
    const auto line = make_line(bench);
    SECTION("tags") { check_repeated_tags(bench, line); }
    SECTION("scores") { check_repeated_scores(bench, line); }
    SECTION("requests") { check_repeated_requests(bench, line); }
}

}  // namespace trommel::test
