// The contract of platforms, kept by a client of a server over loopback, plain, under TLS, and
// through a server in between.
#include "platform/cloud.hpp"
#include "trommel/selection/strategy_settings.hpp"
#include "wire/wire_bench.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace trommel::test {

TEMPLATE_TEST_CASE("a remote platform keeps datasets", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_datasets(bench);
}

TEMPLATE_TEST_CASE("a remote platform deletes", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_deletions(bench);
}

TEMPLATE_TEST_CASE("a remote platform keeps tags", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_tags(bench);
}

TEMPLATE_TEST_CASE("a remote platform keeps embeddings", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_embeddings(bench);
}

TEMPLATE_TEST_CASE("a remote platform keeps scores", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_scores(bench);
}

TEMPLATE_TEST_CASE("a remote platform selects", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_selections(bench);
}

TEMPLATE_TEST_CASE("a remote platform runs jobs", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_jobs(bench);
}

TEMPLATE_TEST_CASE("a remote platform checks requests", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_requests(bench);
}

TEMPLATE_TEST_CASE("a remote platform knows repeated calls", "[wire]", Plain, Tls, Relayed) {
    TestType bench;
    check_repetitions(bench);
}

TEST_CASE("a job is cancelled over the wire, and goes on where Lightly's cloud has it", "[wire]") {
    for (const bool as_lightly : {false, true}) {
        WireBench bench({}, {}, as_lightly);
        const auto cloud = make_cloud(bench, 20'000);
        const auto job = bench.wait(bench->sample(request_on(cloud, "far", 15'000)));
        bench.wait(bench->cancel_job(job));

        const auto now = bench.wait(bench->job(job));
        CHECK((now.state == JobState::failed) == !as_lightly);
        if (!as_lightly) CHECK(now.error == "cancelled on request");
        bench.wait(bench.embedded().cancel_job(job));
    }
}

TEST_CASE("picks over the wire are those of the platform behind it, bit for bit", "[wire]") {
    WireBench bench;
    const auto cloud = make_cloud(bench, 2000);
    NewTag some{.name = "some", .mask = mask_of({3, 70}), .previous = {}};
    const auto near_to = bench.wait(bench->create_tag(cloud.dataset, some));
    const std::vector<selection::StrategyChoice> ways{
        {"random", {}},
        {"coreset", {}},
        {"coral", {}},
        {"active_learning", {}},
        {"dmbal", {{"oversampling", "2.5"}}},
        {"coral", {{"combine", "sum"}, {"score_strength", "-0.1"}}},
        {"similarity", {}},
        {.name = "coreset", .thresholds = selection::parse_thresholds({"margin>=0.25"})},
        {.name = "combined",
         .settings = {{"neighbors", "5"}},
         .goals = selection::parse_goals_of_job(
             {"diversity^0.5", "weights=margin^-1", "typicality", "similarity"}),
         .thresholds = selection::parse_thresholds({"margin>=0.1", "margin<=0.9"})}};
    for (std::size_t way = 0; way < ways.size(); ++way) {
        auto request = request_on(cloud, fmt::format("far {}", way), 50);
        request.strategy = ways[way];
        if (selection::needs_query(ways[way])) request.similar_to = near_to;
        request.seed = 0xffff'ffff'ffff'fff1;
        if (way % 2 == 1) request.proportion = 0.02;
        const auto far = bench.wait(bench->sample(request));
        CHECK(bench.ended(far).outcome.stop_reason == selection::StopReason::wanted);
        request.new_tag_name = fmt::format("near {}", way);
        const auto near = bench.wait(bench.embedded().sample(request));
        while (bench.wait(bench.embedded().job(near)).state != JobState::finished) continue;
        const auto expected = bench.wait(bench.embedded().picks(near));
        const auto got = bench.wait(bench->picks(far));
        REQUIRE(got.size() == expected.size());
        for (std::size_t i = 0; i < got.size(); ++i) {
            CHECK(got[i].sample == expected[i].sample);
            CHECK(got[i].score == expected[i].score);
            CHECK(got[i].distance == expected[i].distance);
            CHECK(got[i].nearest == expected[i].nearest);
        }
    }
}

TEST_CASE("a server that is as Lightly's selects, without order and keys", "[wire]") {
    WireBench bench({}, {}, true);
    const auto line = make_line(bench);
    CHECK(bench.wait(bench->mappings(line.dataset))->size() == 6);
    const auto all = bench.wait(bench->embeddings(line.dataset));
    REQUIRE(all.size() == 1);
    CHECK(all[0].rows == 6);
    CHECK((*bench.wait(bench->embedding(line.dataset, line.embedding)))(3, 0) == 10);

    NewTag first{.name = "first", .mask = mask_of({0}), .previous = {}};
    auto request = request_on(line, "chosen", 3);
    request.preselected = bench.wait(bench->create_tag(line.dataset, first));
    const auto job = bench.wait(bench->sample(request));
    const auto status = bench.ended(job);
    CHECK(status.poll_after == std::chrono::seconds(1));
    CHECK(bench.wait(bench->tag(line.dataset, *status.result)).mask == mask_of({0, 3, 5}));
    CHECK(samples_of(bench.wait(bench->picks(job))) == std::vector<SampleIndex>{3, 5});

    CHECK(refusal(bench, bench->sample(request)).reason() == PlatformError::Reason::exists);
    request.key = "the same";
    const auto again = bench.wait(bench->sample(request));
    CHECK(bench.ended(again).result == status.result);
    CHECK(samples_of(bench.wait(bench->picks(again))) == std::vector<SampleIndex>{3, 5});

    request.strategy.name = "active_learning";
    request.new_tag_name = "by score";
    bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
    CHECK(bench.wait(bench->score_values(line.all, "margin")) == shuffled());
    CHECK(select(bench, request).mask == mask_of({0, 1, 3}));

    request.new_tag_name = "by dmbal";
    request.strategy.name = "dmbal";
    const auto refused = refusal(bench, bench->sample(request));
    CHECK(refused.reason() == PlatformError::Reason::invalid);
    CHECK_THAT(refused.what(), Catch::Contains("Lightly cannot select by dmbal; it knows random"));
    request.strategy = {"coral", {}};
    request.proportion = 0.5;
    CHECK_THAT(refusal(bench, bench->sample(request)).what(),
               Catch::Contains("Lightly cannot select with a proportion; give it the number"));
    request.proportion.reset();
    request.strategy.thresholds = selection::parse_thresholds({"margin>=0.5"});
    CHECK_THAT(refusal(bench, bench->sample(request)).what(),
               Catch::Contains("Lightly cannot select with thresholds"));
    request.strategy = {"coral", {{"combine", "sum"}}};
    CHECK_THAT(refusal(bench, bench->sample(request)).what(),
               Catch::Contains("Lightly cannot select by coral with combine=sum"));
}

}  // namespace trommel::test
