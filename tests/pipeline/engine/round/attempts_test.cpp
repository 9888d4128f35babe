// What the runner does with a stage by its policies; see src/pipeline/engine/round/README.md.

#include "pipeline/engine/round/round_bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace trommel {

using Catch::Matchers::Contains;
using test::RoundBench;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

/// source → w → sink, where `w` is a stage of the given kind with these options and keys.
std::string loop(const std::string& options,
                 const std::string& keys,
                 const std::string& kind = "worker",
                 const std::string& source = "{}") {
    return "  source: {uses: source, with: " + source + "}\n  w: {uses: " + kind +
           ", from: source, with: " + options + ", " + keys + "}\n  sink: {uses: sink, from: w}\n";
}

/// What the sink got, without the times.
std::vector<int> arrived() {
    std::vector<int> batches;
    for (const auto& line : RoundBench::noted("sink got")) batches.push_back(line[9] - '0');
    return batches;
}

}  // namespace

TEST_CASE("a failed attempt is made again over the same inputs", "[round]") {
    RoundBench bench;
    bench.run(loop("{failures: 2}", "retry: {attempts: 3, base: 1s}"));

    CHECK(
        RoundBench::noted("w") ==
        Lines{"w attempt 1 got 0 1 2", "w attempt 2 got 0 1 2", "w attempt 3 got 0 1 2", "w done"});
    CHECK(arrived() == std::vector<int>{0, 1, 2});
    REQUIRE(bench.retries.size() == 2);
    CHECK(bench.retries[1].attempt == 2);
    CHECK(bench.retries[1].attempts == 3);
    CHECK(bench.retries[1].reason == "bad luck");
    CHECK(bench.retries[0].delay <= 1s);
    CHECK(bench.now() == bench.retries[0].delay + bench.retries[1].delay);
}

TEST_CASE("waits between attempts are drawn from the seed", "[round]") {
    std::vector<std::chrono::milliseconds> delays;
    for (const std::string seed : {"1", "1", "2"}) {
        RoundBench bench;
        bench.run(loop("{failures: 1}", "retry: {attempts: 2, base: 1h, max: 1h}"),
                  "params: {seed: " + seed + "}\n");
        delays.push_back(bench.retries.at(0).delay);
    }
    CHECK(delays[0] == delays[1]);
    CHECK(delays[0] != delays[2]);
}

TEST_CASE("the last failure names its attempt", "[round]") {
    RoundBench bench;
    CHECK(bench.error_of(loop("{failures: 5}", "retry: 3")) ==
          "p.yaml:6: stage 'w', round 1: attempt 3 of 3: bad luck");
    CHECK(bench.retries.size() == 2);
}

TEST_CASE("without retry the first failure ends the round in its own words", "[round]") {
    RoundBench bench;
    CHECK(bench.error_of(loop("{failures: 1}", "needs: source")) ==
          "p.yaml:6: stage 'w', round 1: bad luck");
    CHECK(bench.retries.empty());
}

TEST_CASE("what cannot succeed is not tried again", "[round]") {
    RoundBench bench;
    CHECK(bench.error_of(loop("{failures: 1, error: data}", "retry: 3")) ==
          "p.yaml:6: stage 'w', round 1: the data are bad");
    CHECK(RoundBench::noted("w").size() == 1);
}

TEST_CASE("a platform that is busy and time that ran out are tried again", "[round]") {
    for (const std::string error : {"platform", "late"}) {
        RoundBench bench;
        bench.run(loop("{failures: 1, error: " + error + "}", "retry: 2"));
        CHECK(bench.retries.size() == 1);
        CHECK(arrived() == std::vector<int>{0, 1, 2});
    }
}

TEST_CASE("once part of its output has gone on, a failure ends the round", "[round]") {
    RoundBench bench;
    CHECK_THAT(
        bench.error_of(loop("{failures: 1, after_sending: true}", "retry: 3")),
        Contains("attempt 1 of 3, not tried again because part of its output has gone on: bad "
                 "luck"));
    CHECK(bench.retries.empty());
}

TEST_CASE("a timeout ends an attempt, and the next one may be in time", "[round]") {
    RoundBench bench;
    CHECK_THAT(
        bench.error_of(loop("{work: 10s}", "timeout: 9s")),
        Contains("stage 'w', round 1: worked longer than its timeout of 9s for one attempt"));
    bench.run(loop("{work: 10s}", "timeout: 11s"));
    CHECK_THAT(bench.error_of(loop("{work: 10s}", "timeout: 9s, retry: 2")),
               Contains("attempt 2 of 2: worked longer than its timeout of 9s"));
}

TEST_CASE("the time in which a stage waits for others counts neither as attempt nor as work",
          "[round]") {
    RoundBench bench;
    bench.run(loop("{work: 10s}", "timeout: 11s, deadline: 12s", "worker", "{every: 1h}"));
    CHECK(bench.now() == 3h + 10s);
}

TEST_CASE("a deadline counts all attempts and the waits between them", "[round]") {
    RoundBench in_time;
    in_time.run(loop("{failures: 2, work: 10s}", "deadline: 31s, retry: {attempts: 3, base: 1ms}"));
    RoundBench bench;
    CHECK_THAT(bench.error_of(loop("{failures: 2, work: 10s}",
                                   "deadline: 31s, retry: {attempts: 3, base: 1h, max: 1h}")),
               Contains("deadline of 31s"));
}

TEST_CASE("a deadline ends the attempt that it comes in", "[round]") {
    RoundBench bench;
    CHECK_THAT(
        bench.error_of(
            loop("{failures: 8, work: 10s}", "deadline: 35s, retry: {attempts: 9, base: 1ms}")),
        Contains("stage 'w', round 1: worked longer than its deadline of 35s for all attempts"));
    CHECK(bench.retries.size() == 3);
    CHECK(bench.now() == 35s);
}

TEST_CASE("each batch of a batchwise stage is an attempt of its own", "[round]") {
    RoundBench bench;
    bench.run(loop("{failures: 1, after_sending: true, work: 1s}",
                   "timeout: 2s, retry: {attempts: 2, base: 1ms, max: 1ms}",
                   "batchwise"));
    CHECK(RoundBench::noted("w") == Lines{"w attempt 1 got 0",
                                          "w attempt 2 got 0",
                                          "w done",
                                          "w attempt 1 got 1",
                                          "w attempt 2 got 1",
                                          "w done",
                                          "w attempt 1 got 2",
                                          "w attempt 2 got 2",
                                          "w done"});
    CHECK(arrived() == std::vector<int>{0, 1, 2});
}

TEST_CASE("parallel copies share the batches", "[round]") {
    for (const auto& [parallel, took] : {std::pair{"1", 6s}, {"2", 3s}, {"4", 2s}, {"9", 1s}}) {
        RoundBench bench;
        bench.run(
            loop("{work: 1s}", std::string("parallel: ") + parallel, "batchwise", "{batches: 6}"));
        auto batches = arrived();
        std::ranges::sort(batches);
        CHECK(batches == std::vector<int>{0, 1, 2, 3, 4, 5});
        CHECK(bench.now() == took);
    }
}

TEST_CASE("copies obey the limit that they share", "[round]") {
    RoundBench bench;
    bench.run(loop("{work: 1s}", "parallel: 6, limit: api", "batchwise", "{batches: 6}"),
              "limits: {api: {parallel: 2}}\n");
    CHECK(bench.now() == 3s);

    RoundBench paced;
    paced.run(loop("{}", "limit: api", "batchwise", "{batches: 5}"),
              "limits: {api: {rate: 1/s, burst: 2}}\n");
    CHECK(RoundBench::noted("sink") == Lines{"sink got 0 at 0",
                                             "sink got 1 at 0",
                                             "sink got 2 at 1000",
                                             "sink got 3 at 2000",
                                             "sink got 4 at 3000"});
}

TEST_CASE("a stage that waits for another under the same limit holds no place", "[round]") {
    RoundBench bench;
    bench.run(
        "  source: {uses: source}\n"
        "  first: {uses: batchwise, from: source, limit: one, with: {work: 1s}}\n"
        "  second: {uses: worker, from: first, limit: one, with: {work: 1s}}\n"
        "  sink: {uses: sink, from: second}\n",
        "limits: {one: {parallel: 1}}\n");
    CHECK(bench.now() == 4s);
    CHECK(arrived() == std::vector<int>{0, 1, 2});
}

TEST_CASE("each attempt takes a beginning of the limit", "[round]") {
    RoundBench bench;
    bench.run(loop("{failures: 2}", "retry: {attempts: 3, base: 1ms, max: 1ms}, limit: api"),
              "limits: {api: {rate: 1/m}}\n");
    CHECK(bench.now() == 2min);
}

TEST_CASE("what waits in front of a stage is bounded by its buffer", "[round]") {
    for (const auto& [buffer, sent_early] : {std::pair{"1", 2}, {"3", 4}}) {
        RoundBench bench;
        bench.run(
            "  source: {uses: source, with: {batches: 9}}\n"
            "  first: {uses: batchwise, from: source}\n"
            "  slow: {uses: batchwise, from: first, with: {work: 1h}, buffer: {count: " +
            std::string(buffer) + "}}\n");
        // One batch is in the hands of `slow` and `buffer` wait when its first hour is over.
        const auto done = test::diary();
        const auto first_slow = std::ranges::find(done, "slow done");
        CHECK(std::count(done.begin(), first_slow, "first done") == sent_early + 1);
    }
}

TEST_CASE("results are the same with and without policies", "[round]") {
    const auto sorted = [](std::vector<int> batches) {
        std::ranges::sort(batches);
        return batches;
    };
    RoundBench plain;
    plain.run(loop("{}", "needs: []", "batchwise", "{batches: 9}"));
    const auto expected = arrived();
    RoundBench policed;
    policed.run(
        loop("{failures: 2, work: 3s}",
             "retry: 5, parallel: 4, timeout: 5s, deadline: 1d, limit: api, buffer: {count: 1}",
             "batchwise",
             "{batches: 9}"),
        "limits: {api: {rate: 3/s, parallel: 2}}\n");
    CHECK(sorted(arrived()) == expected);
}

}  // namespace trommel
