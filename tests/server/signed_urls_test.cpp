// Signed URLs: each part, the token behind them, how long they live.
#include "server/access/signed_urls.hpp"

#include "server/server_bench.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/digest.hpp"

#include <catch2/catch.hpp>

namespace trommel::server {

namespace {

using Catch::Contains;
using test::ServerBench;

const Timestamp noon{std::chrono::hours(12)};

struct SignedBench {
    test::TempDir folder{};
    Secret secret = Secret::load_or_make(folder / "secret");
    Tokens tokens{secret};
    SignedUrls urls{secret, tokens, std::chrono::seconds(60)};

    Caller caller(Role role, std::optional<Timestamp> expires_at = {}) {
        tokens.add({.id = "0123456789abcdef01234567",
                    .name = "some",
                    .role = role,
                    .team = {},
                    .digest = "digest",
                    .created_at = noon,
                    .expires_at = expires_at});
        return caller_of(tokens.all().back());
    }
};

std::string part(const std::string& url, const std::string& name) {
    const auto begin = url.find(name + "=") + name.size() + 1;
    return url.substr(begin, url.find('&', begin) - begin);
}

SignedParts parts_of(const std::string& url) {
    return {part(url, "expires"), part(url, "by"), part(url, "signature")};
}

std::string read_url(ServerBench& bench, const test::Pool& pool, const std::string& token) {
    const auto url =
        bench.get(pool.path + "/samples/" + pool.samples[0] + "/readurl?type=full&token=" + token);
    REQUIRE(url.status == 200);
    return ServerBench::target_of(std::string(url.json().as_string()));
}

}  // namespace

TEST_CASE("a signed URL opens one thing by one method for a while", "[server]") {
    SignedBench bench;
    const auto parts = parts_of(bench.urls.sign("PUT", "/a", bench.caller(Role::write), noon));
    const auto check =
        [&](const char* method, const char* path, const SignedParts& brought, int s) {
            bench.urls.check(method, path, brought, noon + std::chrono::seconds(s));
        };

    CHECK_NOTHROW(check("PUT", "/a", parts, 60));
    CHECK_THROWS_WITH(check("PUT", "/a", parts, 61), Contains("expired"));
    CHECK_THROWS_AS(check("GET", "/a", parts, 1), ApiError);
    CHECK_THROWS_AS(check("PUT", "/b", parts, 1), ApiError);
    for (const auto& other : {SignedParts{"99999999999", parts.token, parts.signature},
                              SignedParts{"+" + parts.expires, parts.token, parts.signature},
                              SignedParts{"0" + parts.expires, parts.token, parts.signature},
                              SignedParts{parts.expires, "open", parts.signature},
                              SignedParts{parts.expires, "", parts.signature},
                              SignedParts{parts.expires, parts.token, ""},
                              SignedParts{parts.expires, parts.token, parts.signature + "0"},
                              SignedParts{}})
        CHECK_THROWS_AS(check("PUT", "/a", other, 1), ApiError);
}

TEST_CASE("a signed URL lives no longer than its token", "[server]") {
    SignedBench bench;
    const auto caller = bench.caller(Role::read, noon + std::chrono::seconds(10));
    const auto parts = parts_of(bench.urls.sign("GET", "/a", caller, noon));
    CHECK(part(bench.urls.sign("GET", "/a", caller, noon), "expires") == "43210");
    CHECK_NOTHROW(bench.urls.check("GET", "/a", parts, noon + std::chrono::seconds(9)));
    CHECK_THROWS_AS(bench.urls.check("GET", "/a", parts, noon + std::chrono::seconds(10)),
                    ApiError);
    bench.tokens.remove(caller.token);
    CHECK_THROWS_WITH(bench.urls.check("GET", "/a", parts, noon), Contains("is gone"));
}

TEST_CASE("no URL is good for longer than the server lets it", "[server]") {
    SignedBench bench;
    const auto caller = bench.caller(Role::read);
    const auto url = bench.urls.sign("GET", "/a", caller, noon, std::chrono::hours(24 * 365));
    CHECK(part(url, "expires") == "43260");
}

TEST_CASE("a URL of a server without tokens dies with its first token", "[server]") {
    SignedBench bench;
    const auto parts = parts_of(bench.urls.sign("GET", "/a", everybody(), noon));
    CHECK_NOTHROW(bench.urls.check("GET", "/a", parts, noon));
    bench.caller(Role::admin);
    CHECK_THROWS_AS(bench.urls.check("GET", "/a", parts, noon), ApiError);
}

TEST_CASE("every part of a URL that is changed or doubled closes it", "[server]") {
    ServerBench bench;
    const test::Pool pool(bench);
    const auto announced = bench.get(pool.path + "/samples/" + pool.samples[0] + "/writeurls");
    CHECK(bench.put(ServerBench::target_of(announced.field("full")), "image").status == 200);
    const auto made = bench.post("/v1/trommel/tokens", R"({"name":"first","role":"admin"})");
    const auto boss_token = made.field("token");
    const auto reader =
        bench.post("/v1/trommel/tokens?token=" + boss_token, R"({"name":"reader","role":"read"})");
    const auto url = read_url(bench, pool, reader.field("token"));
    REQUIRE(bench.get(url).status == 200);
    CHECK(bench.call("HEAD", url).status == 200);

    for (std::size_t at = 1; at < url.size(); ++at) {
        auto other = url;
        other[at] = other[at] == '1' ? '2' : '1';
        INFO(other);
        const auto status = bench.get(other).status;
        CHECK((status == 400 || status == 403 || status == 404 || status == 405));
    }
    for (const auto* more :
         {"&x=1", "&expires=99999999999", "&signature=0", "&by=open", "&", "&token=", "&=1"})
        CHECK(bench.get(url + more).status >= 400);
    CHECK(bench.get(url.substr(0, url.find('?')) + "/" + url.substr(url.find('?'))).status >= 403);
    CHECK(bench.put(url, "changed").status == 403);
    CHECK(bench.remove("/v1/trommel/tokens/" + reader.id() + "?token=" + boss_token).status == 200);
    CHECK(bench.get(url).status == 403);
}

TEST_CASE("expiresIn is a whole number of seconds, and is capped", "[server]") {
    ServerOptions options;
    options.url_lifetime = std::chrono::hours(1);
    ServerBench bench(options);
    const test::Pool pool(bench);
    const auto path = pool.path + "/tags/" + pool.tag + "/export/basic/filenamesAndReadUrls";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
    for (const auto* query :
         {"?expiresIn=31536000", "?expiresIn=9223372036854775807", "", "?expiresIn=3600"}) {
        const auto urls = bench.get(path + query).json();
        const auto url = std::string(urls.at(0).at("readUrl").as_string());
        CHECK(std::stoll(part(url, "expires")) <= seconds + 3660);
    }
    for (const auto* query : {"?expiresIn=0",
                              "?expiresIn=-1",
                              "?expiresIn=x",
                              "?expiresIn=1.5",
                              "?expiresIn=",
                              "?expiresIn=9223372036854775808"})
        CHECK(bench.get(path + query).status == 422);
}

}  // namespace trommel::server
