// Jobs that are cut off: what they have chosen is kept, and they go on from there.
#include "platform/cloud.hpp"
#include "platform/embedded/accepting.hpp"
#include "platform/embedded/job_records.hpp"
#include "platform/embedded/pick_keeper.hpp"
#include "platform/embedded/sampling.hpp"
#include "store/sqlite_database.hpp"
#include "support/older_database.hpp"

#include <catch2/catch.hpp>

#include <future>

namespace trommel::test {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

std::vector<Pick> as_picks(const std::vector<SampleIndex>& samples) {
    std::vector<Pick> picks;
    for (const auto sample : samples) picks.push_back({.sample = sample});
    return picks;
}

/// A job in the store that nobody runs, with these picks.
JobId leave_behind(const Place& place,
                   const SamplingRequest& request,
                   const std::vector<SampleIndex>& picks) {
    const auto store = store::open_sqlite(place.database);
    const auto job = embedded::accept(*store, request).id;
    store->mark_running(job);
    store->keep_picks(job, 0, as_picks(picks));
    return job;
}

/// Every strategy that this cloud can serve, some with what they can be told.
std::vector<selection::StrategyChoice> all_ways() {
    std::vector<selection::StrategyChoice> ways{
        {"auto", {{"oversampling", "3"}}},
        {"coral", {{"combine", "sum"}, {"score_strength", "0.5"}}},
        {"cluster_margin", {{"oversampling", "3"}}},
        {"coreset", {{"first", "centroid"}}},
        {"coreset", {{"metric", "cosine"}}},
        {"dmbal", {{"oversampling", "4"}}},
        {"facility_location", {{"neighbors", "6"}}},
        {"information_density", {{"density_strength", "2"}}},
        {"prob_cover", {{"radius", "0.3"}}},
        {"typiclust", {{"neighbors", "5"}}},
        {.name = "coreset", .thresholds = selection::parse_thresholds({"margin>=0.3"})},
        {.name = "combined",
         .goals = selection::parse_goals_of_job({"diversity", "weights=margin"})},
        {.name = "combined",
         .goals =
             selection::parse_goals_of_job({"diversity^-1", "typicality", "weights=margin^2"})}};
    for (const auto* name :
         {"active_learning", "coreset_two_round", "kmeans++", "random", "typicality", "weights"})
        ways.push_back({name, {}});
    return ways;
}

std::size_t kept_picks(const Place& place, const JobId& job) {
    return store::open_sqlite(place.database)->job(job)->picks;
}

}  // namespace

TEST_CASE("a job found unfinished goes on from the picks that are kept", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    auto request = request_on(make_cloud(bench, 300), "uninterrupted", 40);
    auto expected = picks_for(bench, request);
    bench.close();

    // CORESET uses all that is chosen, in whatever order. So these two, exchanged, show that
    // the kept picks are gone on from, and not made again.
    std::swap(expected[0], expected[1]);
    request.new_tag_name = "continued";
    const auto cut = GENERATE(2UL, 17UL, 40UL);
    const auto job =
        leave_behind(place, request, {expected.begin(), expected.begin() + static_cast<long>(cut)});

    bench.reopen();
    CHECK(picks_of(bench, job) == expected);
}

TEST_CASE("closing keeps what a running job has chosen", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database, 1, {}, hours(1));  // nothing is kept but by closing
    auto request = request_on(make_cloud(bench, 20'000), "uninterrupted", 400);
    const auto expected = picks_for(bench, request);

    request.new_tag_name = "cut off";
    const auto job = bench.wait(bench->sample(request));
    bench.close();
    // Closed before the first pick: the next time the platform is left open for longer.
    for (int calls = 1; kept_picks(place, job) == 0; calls *= 2) {
        bench.reopen();
        for (int i = 0; i < calls; ++i) bench.wait(bench->job(job));
        bench.close();
    }
    CHECK(kept_picks(place, job) < 400);

    bench.reopen();
    CHECK(picks_of(bench, job) == expected);
}

TEST_CASE("a job that is cut off again and again comes to the same end", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database, 2, {}, milliseconds(0));
    auto request = request_on(make_cloud(bench, 700), "uninterrupted", 100);
    request.strategy = GENERATE(from_range(all_ways()));
    const auto expected = picks_for(bench, request);

    request.new_tag_name = "cut off";
    const auto job = bench.wait(bench->sample(request));
    for (int i = 0; i < 5; ++i) {
        bench.wait(bench->job(job));
        bench.reopen();
    }
    CHECK(picks_of(bench, job) == expected);
    CHECK(bench.wait(bench->job(job)).progress.picks == expected.size());
}

TEST_CASE("a job that the version before left unfinished goes on to the same picks", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    auto request = request_on(make_cloud(bench, 300), "uninterrupted", 40);
    request.strategy.name = GENERATE("coral", "typiclust");
    const auto expected = picks_for(bench, request);
    bench.close();
    request.new_tag_name = "continued";
    const auto job = leave_behind(place, request, {expected.begin(), expected.begin() + 17});
    make_version_5(place.database);

    bench.reopen();
    CHECK(picks_of(bench, job) == expected);
    CHECK(bench.ended(job).outcome.recall == std::nullopt);
}

TEST_CASE("kept picks that are of no such selection fail the job with the reason", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto cloud = make_cloud(bench, 30);
    bench.close();
    const auto job = leave_behind(place, request_on(cloud, "chosen", 5), {7, 7});

    bench.reopen();
    const auto status = bench.ended(job);
    CHECK(status.state == JobState::failed);
    CHECK_THAT(status.error, Catch::Contains("sample 7 was picked before, but twice"));
}

TEST_CASE("an unfinished job tells how many picks it has and how many there will be",
          "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto cloud = make_cloud(bench, 30);
    NewTag ten{.name = "ten", .mask = BitMask::first(10), .previous = {}};
    auto request = request_on(cloud, "chosen", 15);
    request.preselected = bench.wait(bench->create_tag(cloud.dataset, ten));
    bench.close();
    const auto progress = [&](const JobId& job) {
        return embedded::status(*store::open_sqlite(place.database), job).progress;
    };

    SECTION("with a bound, preselected samples not counted") {
        const auto job = leave_behind(place, request, {29, 12});
        CHECK(progress(job).picks == 2);
        CHECK(progress(job).wanted == 5);
        bench.reopen();
        bench.ended(job);
        CHECK(progress(job).picks == 5);
    }
    SECTION("never more than there are to choose from") {
        request.samples = 100;
        CHECK(progress(leave_behind(place, request, {})).wanted == 20);
        request.new_tag_name = "chosen without a bound";
        request.samples.reset();
        CHECK(progress(leave_behind(place, request, {})).wanted == 20);
    }
    SECTION("none if all that is wanted is there") {
        request.samples = 3;
        CHECK(progress(leave_behind(place, request, {})).wanted == 0);
    }
}

TEST_CASE("picks that a locked store cannot take are kept with the next ones", "[platform]") {
    const Place place;
    EmbeddedBench bench(place.database);
    const auto cloud = make_cloud(bench, 30);
    bench.close();
    const auto job = leave_behind(place, request_on(cloud, "chosen", 5), {4});
    const auto store =
        store::open_sqlite(place.database, {.busy_timeout = milliseconds(0), .max_bytes = 0});

    IoPool thread(1);
    const auto keeper =
        std::make_shared<embedded::PickKeeper>(*store, thread, job, 1, milliseconds(0));
    const auto wait = [&] {
        std::promise<void> done;
        thread.post([&] { done.set_value(); });
        done.get_future().wait();
    };
    {
        store::Database other(place.database, std::chrono::seconds(5));
        const store::Transaction writing(other);
        keeper->add({.sample = 8});
        wait();
        CHECK(kept_picks(place, job) == 1);
    }
    keeper->add({.sample = 2});
    keeper->send();
    wait();
    CHECK(samples_of(store->picks(job)) == std::vector<SampleIndex>{4, 8, 2});
}

}  // namespace trommel::test
