#include "platform/cloud.hpp"
#include "platform/embedded/accepting.hpp"
#include "platform/embedded/job_records.hpp"
#include "platform/embedded/sampling.hpp"
#include "store/sqlite_database.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace trommel::test {

TEST_CASE("the embedded platform keeps datasets", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    check_datasets(bench);
}

TEST_CASE("the embedded platform deletes", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    check_deletions(bench);
}

TEST_CASE("the embedded platform keeps tags", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    check_tags(bench);
}

TEST_CASE("the embedded platform keeps embeddings", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    check_embeddings(bench);
}

TEST_CASE("the embedded platform keeps scores", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    check_scores(bench);
}

TEST_CASE("the embedded platform selects", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    check_selections(bench);
}

TEST_CASE("the embedded platform runs jobs", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database, 2);
    check_jobs(bench);
}

TEST_CASE("the embedded platform checks requests", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    check_requests(bench);
}

TEST_CASE("the embedded platform knows repeated calls", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    check_repetitions(bench);
}

TEST_CASE("names stay in memory for the last few datasets alone", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto made = [&](int i) {
        auto id = bench.wait(bench->create_dataset(fmt::format("pool {}", i)));
        bench.wait(bench->add_samples(id, {"a", "b"}));
        return id;
    };
    const auto first = made(0);
    const auto in_use = made(1);
    const std::weak_ptr old = bench.wait(bench->mappings(first));
    const std::weak_ptr recent = bench.wait(bench->mappings(in_use));
    CHECK(bench.wait(bench->mappings(first)) == old.lock());
    for (int i = 2; i < 10; ++i) {
        bench.wait(bench->mappings(made(i)));
        bench.wait(bench->mappings(in_use));
    }
    CHECK(old.expired());
    CHECK(!recent.expired());
    CHECK(bench.wait(bench->mappings(first))->size() == 2);
}

TEST_CASE("a request repeated after reopening gives the job of the first, done once",
          "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto cloud = make_cloud(bench, 1500);
    auto request = request_on(cloud, "chosen", 200);
    request.key = "round 1";
    const auto job = bench.wait(bench->sample(request));
    bench.reopen();

    CHECK(bench.wait(bench->sample(request)) == job);
    CHECK(picks_of(bench, job).size() == 200);
    CHECK(bench.wait(bench->tags(cloud.dataset)).size() == 2);
}

TEST_CASE("a job that its process died over is done by whoever asks for it", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto line = make_line(bench);
    // Accepted by a process that then died, after this platform was opened.
    const auto store = store::open_sqlite(place.database);
    const auto job = embedded::accept(*store, request_on(line, "chosen", 3)).id;
    CHECK(picks_of(bench, job).size() == 3);
}

TEST_CASE("a job that a dead process left behind ends with the picks it would have had",
          "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto cloud = make_cloud(bench, 300);
    auto request = request_on(cloud, "uninterrupted", 40);
    request.strategy.name = "coral";
    const auto expected = picks_for(bench, request);
    bench.close();

    // What a killed process leaves: a job in the store that nobody runs.
    const auto running = GENERATE(false, true);
    JobId job;
    {
        const auto store = store::open_sqlite(place.database);
        request.new_tag_name = "left behind";
        job = embedded::accept(*store, request).id;
        if (running) store->mark_running(job);
        // Scores posted since do not change what the job was asked to use.
        store->put_scores({.tag = cloud.all, .type = "margin"}, std::vector<double>(300, 0.5));
    }

    bench.reopen();
    CHECK(picks_of(bench, job) == expected);
    const auto tag = bench.wait(bench->find_tag(cloud.dataset, "left behind"));
    REQUIRE(tag);
    CHECK(tag->mask == BitMask::of(expected));
}

TEST_CASE("jobs cut off by close are finished after reopening", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto cloud = make_cloud(bench, 1500);
    std::vector<JobId> jobs;
    for (int i = 0; i < 4; ++i)
        jobs.push_back(
            bench.wait(bench->sample(request_on(cloud, "tag " + std::to_string(i), 200))));
    bench.close();
    CHECK_FALSE(store::open_sqlite(place.database)->unfinished_jobs().empty());

    bench.reopen();
    const auto first = picks_of(bench, jobs[0]);
    CHECK(first.size() == 200);
    for (const auto& job : jobs) CHECK(picks_of(bench, job) == first);
}

TEST_CASE("picks do not depend on the number of threads", "[platform]") {
    const auto method = GENERATE("random", "coreset", "coral", "active_learning", "dmbal");
    std::vector<std::vector<SampleIndex>> picks;
    for (const unsigned threads : {1U, 2U}) {
        const Place place;
        EmbeddedBench bench(place.database, threads);
        auto request = request_on(make_cloud(bench, 2000), "chosen", 50);
        request.strategy.name = method;
        picks.push_back(picks_for(bench, request));
    }
    CHECK(picks[0].size() == 50);
    CHECK(picks[0] == picks[1]);
}

TEST_CASE("two platforms on one file see the same and may both finish a job", "[platform]") {
    const Place place;
    EmbeddedBench one(place.database);
    const auto cloud = make_cloud(one, 500);
    const auto job = one.wait(one->sample(request_on(cloud, "chosen", 100)));
    EmbeddedBench two(place.database);  // starts the job as well

    const auto picks = picks_of(one, job);
    CHECK(picks_of(two, job) == picks);
    CHECK(one.wait(one->tags(cloud.dataset)).size() == 2);
    two.wait(two->add_samples(cloud.dataset, {"new.jpg"}));
    CHECK(one.wait(one->mappings(cloud.dataset))->back() == "new.jpg");
}

TEST_CASE("a job whose result cannot be stored has failed, and is done after reopening",
          "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database, 1, {.busy_timeout = {}, .max_bytes = 0});
    const auto line = make_line(bench);
    const auto job = bench.wait(bench->sample(request_on(line, "chosen", 3)));
    {
        store::Database other(place.database, std::chrono::seconds(5));
        const store::Transaction writing(other);
        const auto status = bench.ended(job);
        REQUIRE(status.state == JobState::failed);
        CHECK_THAT(status.error, Catch::Contains("locked by another process"));
    }
    bench.reopen();
    CHECK(picks_of(bench, job).size() == 3);
}

TEST_CASE("the longer a job has taken, the later it is to be asked for", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto line = make_line(bench);
    bench.close();
    const auto store = store::open_sqlite(place.database);
    const auto poll_after = [&](const std::string& job, Timestamp created_at) {
        const SamplingRequest request{
            .dataset = line.dataset, .new_tag_name = job, .query = line.all, .samples = {}};
        store->add_job({.id = JobId(job), .request = request, .created_at = created_at});
        return embedded::status(*store, JobId(job)).poll_after;
    };
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    CHECK(poll_after("tomorrow", now + std::chrono::hours(24)) == std::chrono::microseconds(100));
    CHECK(poll_after("an hour ago", now - std::chrono::hours(1)) == std::chrono::seconds(1));
}

TEST_CASE("a selection that does not fit into memory is refused before it starts", "[platform]") {
    const Place place;
    asio::io_context loop;
    CpuPool cpu(1);
    SamplingRequest request;
    {
        EmbeddedBench bench(place.database);
        const auto cloud = make_cloud(bench, 1000);
        request = request_on(cloud, "chosen", 3);
        const auto memory = bench.ended(bench.wait(bench->sample(request))).outcome.memory;
        REQUIRE(memory);
        CHECK(*memory > 1000 * 8 * sizeof(float));
        CHECK(*memory < std::size_t{64} << 20U);
    }
    request.new_tag_name = "not chosen";
    EmbeddedPlatform platform(loop.get_executor(),
                              store::open_sqlite(place.database),
                              cpu,
                              std::chrono::seconds(1),
                              std::size_t{1} << 20U);
    CHECK_THROWS_WITH(run(loop, platform.sample(request)),
                      Catch::Contains("this selection takes up to ") &&
                          Catch::Contains(" of memory, and there are 1 MiB; choose from fewer"));
    run(loop, platform.close());
}

TEST_CASE("a closed platform refuses calls", "[platform]") {
    const Place place;
    asio::io_context loop;
    CpuPool cpu(1);
    EmbeddedPlatform platform(loop.get_executor(), store::open_sqlite(place.database), cpu);
    run(loop, platform.close());
    run(loop, platform.close());
    const auto check_refused = [&](auto call) {
        try {
            run(loop, std::move(call));
            FAIL("the call was not refused");
        } catch (const PlatformError& error) {
            CHECK(error.reason() == PlatformError::Reason::unavailable);
            CHECK_THAT(error.what(), Catch::Contains("closed; open it again"));
        }
    };
    check_refused(platform.find_dataset("digits"));
    check_refused(platform.upload_scores(TagId("t"), "margin", {}, ""));
    check_refused(platform.sample({}));
    check_refused(platform.job(JobId("j")));
    check_refused(platform.picks(JobId("j")));
}

}  // namespace trommel::test
