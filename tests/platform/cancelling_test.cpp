// Jobs that somebody ends, and datasets that take turns.
#include "platform/cloud.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace trommel::test {

namespace {

/// A selection of minutes.
SamplingRequest endless(const Line& cloud, const std::string& tag) {
    return request_on(cloud, tag, 59'000);
}

}  // namespace

TEST_CASE("a job that runs ends as failed when it is cancelled, and others go on", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto cloud = make_cloud(bench, 60'000);
    const auto first = bench.wait(bench->sample(endless(cloud, "first")));
    auto by_all_pairs = endless(cloud, "second");
    by_all_pairs.strategy.name = "typicality";
    const auto second = bench.wait(bench->sample(by_all_pairs));
    const auto waiting = bench.wait(bench->sample(endless(cloud, "waiting")));
    const auto short_one = bench.wait(bench->sample(request_on(cloud, "short", 3)));
    while (bench.wait(bench->job(first)).state == JobState::waiting) continue;

    const auto begin = std::chrono::steady_clock::now();
    for (const auto& job : {first, second, waiting}) bench.wait(bench->cancel_job(job));

    CHECK(bench.ended(short_one).state == JobState::finished);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    for (const auto& job : {first, second, waiting}) {
        CHECK(bench.wait(bench->job(job)).state == JobState::failed);
        CHECK(bench.wait(bench->job(job)).error == "cancelled on request");
    }
    CHECK(!bench.wait(bench->find_tag(cloud.dataset, "first")));
}

TEST_CASE("a job that has ended stays as it is when it is cancelled", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto job = bench.wait(bench->sample(request_on(make_line(bench), "chosen", 2)));
    REQUIRE(bench.ended(job).state == JobState::finished);

    bench.wait(bench->cancel_job(job));

    CHECK(bench.wait(bench->job(job)).state == JobState::finished);
    CHECK(refusal(bench, bench->cancel_job(JobId("nobody"))).reason() ==
          PlatformError::Reason::not_found);
}

TEST_CASE("scores from before their tag grew are not used", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto line = make_line(bench);
    bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
    bench.wait(bench->add_samples(line.dataset, {"g"}));
    bench.wait(bench->grow_tags(line.dataset, "added"));
    auto request = request_on(line, "chosen", 2);
    request.strategy.name = "active_learning";

    const auto job = bench.ended(bench.wait(bench->sample(request)));

    CHECK(job.state == JobState::failed);
    CHECK_THAT(job.error, Catch::Matchers::Contains("6 scores 'margin' but the query tag has 7"));
}

}  // namespace trommel::test
