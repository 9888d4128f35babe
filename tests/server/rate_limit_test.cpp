#include "server/access/rate_limit.hpp"

#include "server/server_bench.hpp"
#include "trommel/core/digest.hpp"

#include <catch2/catch.hpp>

namespace trommel::server {

namespace {

using std::chrono::milliseconds;
using test::Answer;
using test::ServerBench;

const std::string boss = "the-boss-of-the-tests";

Answer from(ServerBench& bench, const std::string& peer, const std::string& token) {
    http::Request request;
    request.target = "/v1/datasets?token=" + token;
    request.peer = peer;
    return bench.send(std::move(request));
}

ServerOptions guarded() {
    ServerOptions options;
    options.tokens.push_back({.name = "boss", .sha256 = sha256(boss)});
    return options;
}

}  // namespace

TEST_CASE("so many may come at once, and then as many as the rate lets", "[server]") {
    RateLimit limit({10, 3});
    const auto begin = RateLimit::Clock::now();
    const auto take = [&](int ms) { return limit.take("a", begin + milliseconds(ms)); };
    for (int i = 0; i < 3; ++i) CHECK_FALSE(take(0));
    const auto wait = take(0);
    REQUIRE(wait);
    CHECK(*wait > milliseconds(99));
    CHECK(*wait <= milliseconds(100));
    CHECK_FALSE(take(101));
    CHECK(take(102));
    // It fills up to the burst and no further.
    for (int i = 0; i < 3; ++i) CHECK_FALSE(take(100'000));
    CHECK(take(100'000));
    CHECK_FALSE(limit.take("b", begin));
    for (int i = 0; i < 100; ++i) CHECK_FALSE(RateLimit({}).take("a", begin));
}

TEST_CASE("a flood of addresses takes bounded memory", "[server]") {
    RateLimit limit({1, 1});
    const auto now = RateLimit::Clock::now();
    for (std::size_t i = 0; i < RateLimit::max_keys + 100; ++i) limit.take(std::to_string(i), now);
    CHECK(limit.keys() <= RateLimit::max_keys + 1);
    // The ones that are full again make room.
    CHECK_FALSE(limit.take("new", now + std::chrono::seconds(2)));
    CHECK(limit.keys() < 3);
}

TEST_CASE("a host's many addresses count as one", "[server]") {
    CHECK(network_of("192.0.2.7") == "192.0.2.7");
    CHECK(network_of("2001:db8::1") == network_of("2001:db8::ffff:0:1"));
    CHECK(network_of("2001:db8::1") != network_of("2001:db8:0:1::1"));
    CHECK(network_of("") == "");
    CHECK(is_of_this_machine("127.0.0.9"));
    CHECK(is_of_this_machine("::1"));
    CHECK_FALSE(is_of_this_machine("192.0.2.7"));
    CHECK_FALSE(is_of_this_machine(""));
}

TEST_CASE("a token and an address that call too often wait", "[server]") {
    auto options = guarded();
    options.token_rate = {0.5, 3};
    ServerBench bench(options);
    for (int i = 0; i < 3; ++i) CHECK(from(bench, "192.0.2.1", boss).status == 200);
    const auto refused = from(bench, "192.0.2.2", boss);
    CHECK(refused.status == 429);
    CHECK(refused.headers.get("Retry-After") == "2");
    CHECK(bench.get("/healthz").status == 200);

    options = guarded();
    options.address_rate = {0.5, 3};
    ServerBench other(options);
    for (int i = 0; i < 3; ++i) CHECK(from(other, "192.0.2.1", "wrong").status == 401);
    CHECK(from(other, "192.0.2.1", boss).status == 429);
    CHECK(from(other, "192.0.2.2", boss).status == 200);
}

TEST_CASE("who guesses tokens waits, and those who have one do not", "[server]") {
    auto options = guarded();
    options.failure_rate = {0.1, 5};
    ServerBench bench(options);
    for (int i = 0; i < 5; ++i) CHECK(from(bench, "192.0.2.1", "wrong").status == 401);
    const auto refused = from(bench, "192.0.2.1", "wrong");
    CHECK(refused.status == 429);
    CHECK(refused.headers.get("Retry-After") == "10");
    CHECK(from(bench, "192.0.2.2", "wrong").status == 401);
    CHECK(from(bench, "192.0.2.1", boss).status == 200);
}

TEST_CASE("what this machine asks itself does not count, unless it is said", "[server]") {
    auto options = guarded();
    options.address_rate = {0.1, 1, true};
    options.failure_rate = {0.1, 1, true};
    ServerBench bench(options);
    for (int i = 0; i < 10; ++i) CHECK(from(bench, "127.0.0.1", "wrong").status == 401);
    CHECK(from(bench, "192.0.2.1", boss).status == 200);
    CHECK(from(bench, "192.0.2.1", boss).status == 429);
}

}  // namespace trommel::server
