// The policy keys of stages and of `defaults`, and `limits`: what a file may say and what is
// refused.

#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::lint;
using test::read;
using test::with_stages;
using namespace std::chrono_literals;

namespace {

/// A good file whose stage `t`, which works batch by batch where its depth is 1, has the given
/// keys.
std::string thinking(const std::string& keys, const std::string& options = "{depth: 1}") {
    return with_stages("  a: {uses: tags}\n  t: {uses: think, from: a, with: " + options + ", " +
                       keys + "}\n");
}

Policies policies(const std::string& keys, const std::string& tail = {}) {
    return read(thinking(keys) + tail).find_stage("t")->policies;
}

std::string refused(const std::string& keys, const std::string& tail = {}) {
    return lint(thinking(keys) + tail);
}

const std::string with_api = "limits: {api: {rate: 5/s, burst: 10, parallel: 4}}\n";

}  // namespace

TEST_CASE("a stage's policies are read with their units", "[pipeline]") {
    const auto read = policies(
        "retry: {attempts: 5, base: 1s, max: 1m}, timeout: 10m, deadline: 2h, parallel: 3, limit: "
        "api, buffer: {count: 2, bytes: 1MiB}",
        with_api);
    CHECK(read.retry.attempts == 5);
    CHECK(read.retry.base == 1s);
    CHECK(read.retry.max == 1min);
    CHECK(*read.timeout == 10min);
    CHECK(*read.deadline == 2h);
    CHECK(read.parallel == 3);
    CHECK(read.limit == "api");
    CHECK(read.buffer.count == 2);
    CHECK(read.buffer.bytes == std::size_t{1} << 20);
}

TEST_CASE("what becomes of bad records is read and refused at its place", "[pipeline]") {
    const auto measured = [](const std::string& keys) {
        return with_stages("  a: {uses: tags}\n  r: {uses: records, from: a, " + keys + "}\n");
    };
    const auto policies =
        read(measured("on_error: quarantine, max_errors: 1%")).find_stage("r")->policies;
    CHECK(policies.on_error == OnError::quarantine);
    CHECK(std::get<double>(policies.max_errors) == 0.01);
    CHECK(
        std::get<std::int64_t>(
            read(measured("on_error: skip, max_errors: 1")).find_stage("r")->policies.max_errors) ==
        1);
    CHECK_THAT(lint(measured("on_error: ignore")), Contains("one of fail, quarantine, skip"));
    CHECK_THAT(lint(measured("on_error: skip, max_errors: many")), Contains("a share such as 1%"));
    CHECK_THAT(lint(measured("on_error: skip, max_errors: -1")), Contains("a share such as 1%"));
    CHECK_THAT(lint(measured("max_errors: 3")),
               Contains("'max_errors' has no effect where the first error ends the round"));
    CHECK_THAT(refused("on_error: skip"),
               Contains("'on_error' has no effect on 'think': it reads no records"));
    CHECK(lint(measured("needs: a") + "defaults: {on_error: skip, max_errors: 3}\n") == "");
}

TEST_CASE("a cache is for stages of which something can be kept", "[pipeline]") {
    CHECK_THAT(refused("cache: true"),
               Contains("'cache' has no effect on 'think': what it makes means something only"));
    CHECK_THAT(refused("cache: maybe"), Contains("true, false or record, not 'maybe'"));
    CHECK(policies("needs: a", "defaults: {cache: record}\n").cache == CacheMode::off);
}

TEST_CASE("without policies a stage is tried once and as long as it takes", "[pipeline]") {
    const auto read = policies("needs: a");
    CHECK(read.retry.attempts == 1);
    CHECK_FALSE(read.timeout);
    CHECK_FALSE(read.deadline);
    CHECK(read.parallel == 1);
    CHECK(read.limit.empty());
}

TEST_CASE("a number alone is the number of attempts", "[pipeline]") {
    CHECK(policies("retry: 4").retry.attempts == 4);
}

TEST_CASE("policies may come from params", "[pipeline]") {
    CHECK(policies("retry: '${params.batch}'").retry.attempts == 4);
    CHECK_THAT(refused("retry: '${params.bach}'"), Contains("did you mean"));
    CHECK_THAT(refused("timeout: '${round}s'"),
               Contains("'timeout' cannot depend on what only a round knows"));
}

TEST_CASE("defaults hold for every stage, and a stage's own key wins", "[pipeline]") {
    const std::string defaults = "defaults: {retry: 3, timeout: 1m, parallel: 2}\n";
    CHECK(policies("needs: a", defaults).retry.attempts == 3);
    CHECK(policies("timeout: 5s", defaults).timeout == 5s);
    CHECK(policies("timeout: 5s", defaults).retry.attempts == 3);
    CHECK(policies("retry: {attempts: 2, base: 7s}", defaults).retry.base == 7s);
    CHECK_THAT(refused("needs: a", "defaults: {rety: 3}\n"),
               Contains("'defaults' has no key 'rety'") && Contains("did you mean 'retry'?"));
    CHECK_THAT(refused("needs: a", "defaults: {timeout: 0s}\n"), Contains("must be above 0"));
}

TEST_CASE("what has no effect on a stage is refused there and passed over in defaults",
          "[pipeline]") {
    CHECK_THAT(
        lint(thinking("parallel: 2", "{depth: 3}")),
        Contains("error[useless-policy]") &&
            Contains("'parallel' has no effect on 'think': it does not work batch by batch"));
    CHECK_THAT(lint(with_stages("  a: {uses: tags, buffer: {count: 3}}\n")),
               Contains("'buffer' has no effect on 'tags': it reads nothing"));

    const auto pipeline =
        read(thinking("needs: a", "{depth: 3}") + "defaults: {parallel: 2, buffer: {count: 3}}\n");
    CHECK(pipeline.find_stage("t")->policies.parallel == 1);
    CHECK(pipeline.find_stage("t")->policies.buffer.count == 3);
    CHECK(pipeline.find_stage("a")->policies.buffer.count == Policies{}.buffer.count);
}

TEST_CASE("policies that make no sense are refused at their place", "[pipeline]") {
    CHECK_THAT(refused("retry: 0"), Contains("p.yaml:8:") && Contains("at least 1"));
    CHECK_THAT(refused("retry: {base: 1s}"), Contains("'retry' needs the key 'attempts'"));
    CHECK_THAT(refused("retry: {attempts: 3, bse: 1s}"), Contains("did you mean 'base'?"));
    CHECK_THAT(refused("retry: {attempts: 3, base: 2m, max: 1m}"),
               Contains("'base' of 2m is longer than 'max' of 1m"));
    CHECK_THAT(refused("timeout: 10"), Contains("'timeout' must be a duration such as 30s or 2h"));
    CHECK_THAT(refused("timeout: 0s"), Contains("'timeout' must be above 0"));
    CHECK_THAT(refused("timeout: 2m, deadline: 1m"), Contains("is shorter than the timeout of 2m"));
    CHECK_THAT(refused("parallel: 1000"), Contains("at most 256"));
    CHECK_THAT(refused("buffer: {bytes: much}"), Contains("such as 64MiB, not 'much'"));
    CHECK_THAT(refused("buffer: {count: 0}"), Contains("at least 1"));
    CHECK_THAT(refused("retyr: 3"), Contains("did you mean 'retry'?"));
}

TEST_CASE("a long base is its own longest wait", "[pipeline]") {
    CHECK(policies("retry: {attempts: 2, base: 5m}").retry.max == 5min);
}

TEST_CASE("limits are declared once and used by name", "[pipeline]") {
    const auto limits = read(thinking("limit: api") + with_api).limits;
    CHECK(*limits.at("api").rate == 5);
    CHECK(limits.at("api").burst == 10);
    CHECK(*limits.at("api").parallel == 4);

    CHECK_THAT(refused("limit: apy", with_api),
               Contains("there is no limit 'apy'") && Contains("did you mean 'api'?"));
    CHECK_THAT(refused("limit: api"), Contains("declare it at the top"));
    const auto limit = [](const std::string& value) {
        return refused("limit: api", "limits: {api: " + value + "}\n");
    };
    CHECK_THAT(limit("{}"), Contains("limit 'api' bounds nothing"));
    CHECK_THAT(limit("{rate: 5}"), Contains("write 5/s, 300/m or 1000/h"));
    CHECK_THAT(limit("{rate: 0/s}"), Contains("not a rate above zero"));
    CHECK_THAT(limit("{parallel: 0}"), Contains("at least 1"));
    CHECK_THAT(limit("{parallel: 2, burst: 3}"),
               Contains("'burst' means nothing without a 'rate'"));
    CHECK_THAT(limit("{rate: 1/h, burst: 1000000}"), Contains("more than a year"));
    CHECK_THAT(limit("{rat: 5/s}"), Contains("did you mean 'rate'?"));
}

TEST_CASE("the resolved file shows every stage's policies and reads back as the same",
          "[pipeline]") {
    const auto pipeline = read(thinking("timeout: 90s, buffer: {bytes: 1kB}") +
                               "defaults: {retry: 3, parallel: 2}\n");
    const auto text = resolved_yaml(pipeline);
    CHECK_THAT(text, Contains("attempts: 3") && Contains("timeout: 90s") && !Contains("defaults"));
    const auto again = read(text).find_stage("t")->policies;
    CHECK(again.retry.attempts == 3);
    CHECK(*again.timeout == 90s);
    CHECK(again.parallel == 2);
    CHECK(again.buffer.bytes == 1000);
}

}  // namespace trommel
