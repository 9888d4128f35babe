#include "trommel/runtime/retry.hpp"

#include "support/run.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <vector>

namespace trommel {
namespace {

using namespace std::chrono_literals;

const Failure busy{.what = "429 Too Many Requests", .retryable = true};

/// Something that fails in the ways listed and then succeeds; notes when it was tried.
class Flaky {
public:
    Flaky(Clock& clock, std::vector<Failure> failures)
        : clock_(clock), failures_(std::move(failures)) {}

    asio::awaitable<Result<int>> attempt() {
        times.push_back(clock_.now());
        if (times.size() <= failures_.size()) co_return failures_[times.size() - 1];
        co_return 42;
    }

    std::vector<Clock::TimePoint> times;

private:
    Clock& clock_;
    std::vector<Failure> failures_;
};

struct Fixture {
    Result<int> retry_with(RetryPolicy policy, Flaky& flaky) {
        auto attempt = [&flaky] { return flaky.attempt(); };
        return time.run(retry(policy, time.clock, random, attempt));
    }

    test::ManualTime time;
    Random random{1, 0, "retry"};
};

TEST_CASE("what succeeds is tried once", "[runtime]") {
    Fixture fixture;
    Flaky flaky(fixture.time.clock, {});

    CHECK(fixture.retry_with({.attempts = 3}, flaky).value() == 42);
    CHECK(flaky.times.size() == 1);
}

TEST_CASE("what fails for a while is tried until it succeeds", "[runtime]") {
    Fixture fixture;
    Flaky flaky(fixture.time.clock, {busy, busy, busy});

    CHECK(fixture.retry_with({.attempts = 4, .base = 100ms, .max = 150ms}, flaky).value() == 42);

    REQUIRE(flaky.times.size() == 4);
    CHECK(flaky.times[1] - flaky.times[0] <= 100ms);
    CHECK(flaky.times[2] - flaky.times[1] <= 150ms);
    CHECK(flaky.times[3] - flaky.times[2] <= 150ms);
    CHECK(flaky.times[3] > flaky.times[0]);
}

TEST_CASE("the last failure is returned when the attempts are used up", "[runtime]") {
    Fixture fixture;
    Flaky flaky(fixture.time.clock, {busy, busy, busy});

    const Result<int> result = fixture.retry_with({.attempts = 3, .base = 1ms}, flaky);

    CHECK(flaky.times.size() == 3);
    CHECK(result.error().what == busy.what);
    CHECK_THROWS_AS(result.value(), Error);
}

TEST_CASE("what cannot succeed is not tried again", "[runtime]") {
    Fixture fixture;
    Flaky flaky(fixture.time.clock, {{.what = "404 Not Found"}});

    CHECK(fixture.retry_with({.attempts = 3}, flaky).error().what == "404 Not Found");
    CHECK(flaky.times.size() == 1);
}

TEST_CASE("the other side's wish to wait wins when it is longer", "[runtime]") {
    Fixture fixture;
    Flaky flaky(fixture.time.clock, {{.what = "503", .retryable = true, .retry_after = 7s}});

    CHECK(fixture.retry_with({.attempts = 2, .base = 1s, .max = 2s}, flaky).has_value());

    CHECK(flaky.times[1] - flaky.times[0] == 7s);
}

TEST_CASE("delays double up to the longest and are spread over their whole range", "[runtime]") {
    const RetryPolicy policy{.attempts = 99, .base = 10ms, .max = 1000ms};
    Random random(7, 0, "delays");
    const auto longest_of_many = [&](unsigned failures) {
        auto longest = 0ms;
        for (int i = 0; i < 3000; ++i)
            longest = std::max(longest, retry_delay(policy, failures, busy, random));
        return longest;
    };

    CHECK(longest_of_many(1) == 10ms);
    CHECK(longest_of_many(3) == 40ms);
    CHECK((longest_of_many(50) > 990ms && longest_of_many(50) <= 1000ms));
}

TEST_CASE("exceptions are not retried", "[runtime]") {
    Fixture fixture;
    int attempts = 0;
    auto attempt = [&]() -> asio::awaitable<Result<int>> {
        ++attempts;
        throw std::runtime_error("a bug");
        co_return 0;
    };
    const RetryPolicy policy{.attempts = 3};

    CHECK_THROWS_WITH(fixture.time.run(retry(policy, fixture.time.clock, fixture.random, attempt)),
                      "a bug");
    CHECK(attempts == 1);
}

}  // namespace
}  // namespace trommel
