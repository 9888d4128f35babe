// The contract of platforms, kept by a client of a server over loopback, plain and under TLS.
#include "platform/cloud.hpp"
#include "wire/wire_bench.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

TEMPLATE_TEST_CASE("a remote platform keeps datasets", "[wire]", Plain, Tls) {
    TestType bench;
    check_datasets(bench);
}

TEMPLATE_TEST_CASE("a remote platform keeps tags", "[wire]", Plain, Tls) {
    TestType bench;
    check_tags(bench);
}

TEMPLATE_TEST_CASE("a remote platform keeps embeddings", "[wire]", Plain, Tls) {
    TestType bench;
    check_embeddings(bench);
}

TEMPLATE_TEST_CASE("a remote platform keeps scores", "[wire]", Plain, Tls) {
    TestType bench;
    check_scores(bench);
}

TEMPLATE_TEST_CASE("a remote platform selects", "[wire]", Plain, Tls) {
    TestType bench;
    check_selections(bench);
}

TEMPLATE_TEST_CASE("a remote platform runs jobs", "[wire]", Plain, Tls) {
    TestType bench;
    check_jobs(bench);
}

TEMPLATE_TEST_CASE("a remote platform checks requests", "[wire]", Plain, Tls) {
    TestType bench;
    check_requests(bench);
}

TEMPLATE_TEST_CASE("a remote platform knows repeated calls", "[wire]", Plain, Tls) {
    TestType bench;
    check_repetitions(bench);
}

TEST_CASE("picks over the wire are those of the platform behind it, bit for bit", "[wire]") {
    WireBench bench;
    const auto cloud = make_cloud(bench, 2000);
    for (const auto method : {SamplingMethod::random,
                              SamplingMethod::coreset,
                              SamplingMethod::coral,
                              SamplingMethod::active_learning}) {
        auto request = request_on(cloud, "far " + to_string(method), 50);
        request.method = method;
        request.seed = 0xffff'ffff'ffff'fff1;
        const auto far = bench.wait(bench->sample(request));
        bench.ended(far);
        request.new_tag_name = "near " + to_string(method);
        const auto near = bench.wait(bench.embedded().sample(request));
        while (bench.wait(bench.embedded().job(near)).state != JobState::finished) continue;
        const auto expected = bench.wait(bench.embedded().picks(near));
        const auto got = bench.wait(bench->picks(far));
        REQUIRE(got.size() == expected.size());
        for (std::size_t i = 0; i < got.size(); ++i) {
            CHECK(got[i].sample == expected[i].sample);
            CHECK(got[i].score == expected[i].score);
            CHECK(got[i].distance == expected[i].distance);
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

    request.method = SamplingMethod::active_learning;
    request.new_tag_name = "by score";
    bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
    CHECK(bench.wait(bench->score_values(line.all, "margin")) == shuffled());
    CHECK(select(bench, request).mask == mask_of({0, 1, 3}));
}

}  // namespace trommel::test
