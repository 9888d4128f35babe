#include "server/access/secret.hpp"
#include "server/access/signed_urls.hpp"
#include "server/access/tokens.hpp"
#include "server/server_bench.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

namespace trommel::server {

namespace {

using Catch::Contains;
using test::ServerBench;

const std::string boss = "the-boss-of-the-tests";

/// A server whose administrator has the token `boss`.
ServerOptions guarded() {
    ServerOptions options;
    options.tokens.push_back({.name = "boss", .sha256 = sha256(boss), .role = "admin"});
    return options;
}

std::string as_boss(const std::string& path) { return path + "?token=" + boss; }

std::string made_token(ServerBench& bench, const std::string& role, const std::string& more = {}) {
    const auto answer = bench.post(as_boss("/v1/trommel/tokens"),
                                   R"({"name":"some","role":")" + role + "\"" + more + "}");
    REQUIRE(answer.status == 201);
    return answer.field("token");
}

}  // namespace

TEST_CASE("a secret is made once, for its owner alone", "[server]") {
    const test::TempDir folder;
    const auto file = folder / "secret";
    const auto first = Secret::load_or_make(file).sign("x");
    CHECK(first.size() == 64);
    CHECK(Secret::load_or_make(file).sign("x") == first);
    CHECK(Secret::load_or_make(folder / "other").sign("x") != first);
    using std::filesystem::perms;
    CHECK((std::filesystem::status(file).permissions() & perms::all) ==
          (perms::owner_read | perms::owner_write));
}

TEST_CASE("what appears in a secret's place and is none is refused by name", "[server]") {
    const test::TempDir folder;
    const auto file = folder / "secret";
    for (const auto& content : {std::string(),
                                std::string("\n"),
                                std::string("short"),
                                std::string(64, '\n'),
                                std::string(64, 'g')}) {
        folder.write("secret", content);
        CHECK_THROWS_WITH(Secret::load_or_make(file), Contains(file.string()));
    }
    folder.write("secret", std::string(64, '0'));
    std::vector<std::string> warnings;
    Secret::load_or_make(file, [&](const std::string& what) { warnings.push_back(what); });
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], Contains(file.string()) && Contains("may be read"));
    std::filesystem::permissions(file, std::filesystem::perms::all);
    CHECK_THROWS_WITH(Secret::load_or_make(file), Contains("may be written"));
}

TEST_CASE("signatures are HMAC-SHA-256 under the secret's digits", "[server]") {
    const test::TempDir folder;
    folder.write("secret", std::string(64, '0'));
    // Python: hmac.new(b'0' * 64, text, hashlib.sha256).hexdigest()
    CHECK(Secret::load_or_make(folder / "secret").sign("what do ya want for nothing?") ==
          "97fb193e7e35d781610ee68896bb0a404ef76ffc85ce6b5467f252b2e25b126a");
}

TEST_CASE("a token that is empty is not a token of the server's", "[server]") {
    for (const auto* text : {"", "\n", " ", "\r\n"}) {
        ServerOptions options;
        options.tokens.push_back({.name = "ops", .sha256 = sha256(text), .role = "admin"});
        CHECK_THROWS_WITH(ServerBench(options), Contains("'ops' is empty"));
    }
}

TEST_CASE("to bring no token is not to bring the one that is empty or short", "[server]") {
    auto options = guarded();
    // Nobody can tell that this is the digest of a short text.
    options.tokens.push_back({.name = "short", .sha256 = sha256("short"), .role = "admin"});
    ServerBench bench(options);
    for (const auto* query : {"", "?token=", "?token", "?token=%0A", "?token=+", "?token=short"})
        CHECK(bench.get(std::string("/v1/datasets") + query).status == 401);
    for (const auto* header : {"",
                               "Bearer",
                               "Bearer ",
                               "Bearer    ",
                               "Bearer short",
                               "Basic Og==",
                               "bearer\tshort",
                               "Bearer \n"})
        CHECK(bench.get("/v1/datasets", {{"Authorization", header}}).status == 401);
}

TEST_CASE("two callers do not share a token", "[server]") {
    auto options = guarded();
    options.tokens.push_back({.name = "second", .sha256 = sha256(boss), .role = "read"});
    CHECK_THROWS_WITH(ServerBench(options), Contains("'boss' and 'second' are the same"));
}

TEST_CASE("without a token everybody may everything, until there is one", "[server]") {
    ServerBench bench;
    CHECK(bench.get("/v1/datasets").status == 200);
    CHECK(bench.get("/v1/datasets?token=any").status == 200);
    const auto made = bench.post("/v1/trommel/tokens", R"({"name":"first","role":"admin"})");
    REQUIRE(made.status == 201);

    CHECK(bench.get("/v1/datasets").status == 401);
    CHECK(bench.get("/v1/datasets").code() == "UNAUTHORIZED");
    const auto mine = "?token=" + made.field("token");
    CHECK(bench.get("/v1/datasets" + mine).status == 200);
}

TEST_CASE("no call locks the owner out", "[server]") {
    ServerBench bench;
    const std::string tokens = "/v1/trommel/tokens";
    for (const auto* first : {R"({"name":"x","role":"read"})",
                              R"({"name":"x","role":"write"})",
                              R"({"name":"x","role":"admin","expires_in":60})"})
        CHECK(bench.post(tokens, first).status == 409);
    CHECK(bench.get("/v1/datasets").status == 200);
    const auto made = bench.post(tokens, R"({"name":"first","role":"admin"})");
    const auto mine = "?token=" + made.field("token");
    const auto last = [&] { return bench.remove(tokens + "/" + made.id() + mine).status; };
    CHECK(last() == 409);
    CHECK(bench.post(tokens + mine, R"({"name":"y","role":"admin","expires_in":60})").status ==
          201);
    CHECK(last() == 409);
    CHECK(bench.post(tokens + mine, R"({"name":"z","role":"read"})").status == 201);
    CHECK(last() == 409);
    CHECK(bench.post(tokens + mine, R"({"name":"second","role":"admin"})").status == 201);
    CHECK(last() == 200);
    CHECK(bench.get("/v1/datasets" + mine).status == 401);
}

TEST_CASE("of two admins that are deleted at once one stays", "[server]") {
    ServerBench bench;
    const std::string tokens = "/v1/trommel/tokens";
    const auto one = bench.post(tokens, R"({"name":"one","role":"admin"})");
    const auto mine = "?token=" + one.field("token");
    const auto two = bench.post(tokens + mine, R"({"name":"two","role":"admin"})");
    std::vector<http::Request> requests(2);
    for (std::size_t i = 0; i < 2; ++i) {
        requests[i].method = "DELETE";
        requests[i].target = tokens + "/" + (i == 0 ? one : two).id() + mine;
        requests[i].headers.add("Host", "here:1");
    }
    const auto answers = bench.send_at_once(std::move(requests));
    CHECK(answers[0].status == 200);
    CHECK(answers[1].status != 200);
}

TEST_CASE("a token may what its role may, in the query or in a header", "[server]") {
    ServerBench bench(guarded());
    const auto reader = made_token(bench, "read");
    const auto writer = made_token(bench, "write");
    const auto make = [&](const std::string& token) {
        return bench.post("/v1/datasets?token=" + token, R"({"name":"pool"})");
    };

    CHECK(bench.get("/v1/datasets?token=" + reader).status == 200);
    for (const auto* scheme : {"Bearer ", "bearer ", "BEARER ", "bEARER   "})
        CHECK(bench.get("/v1/datasets", {{"Authorization", scheme + reader}}).status == 200);
    CHECK(bench.get("/v1/datasets", {{"Authorization", "Bearer wrong"}}).status == 401);
    CHECK(bench.get("/v1/datasets", {{"Authorization", "Bearer" + reader}}).status == 401);
    CHECK(bench.get("/v1/datasets?token=wrong").status == 401);
    CHECK(bench.get("/v1/datasets?token=wrong&token=" + reader).status == 400);
    const http::Headers twice{{"Authorization", "Bearer " + reader}, {"authorization", "Bearer x"}};
    CHECK(bench.get("/v1/datasets", twice).status == 400);
    CHECK(make(reader).status == 403);
    CHECK(make(reader).code() == "FORBIDDEN");
    CHECK(make(writer).status == 201);
    CHECK(bench.get("/v1/trommel/tokens?token=" + writer).status == 403);
    CHECK(bench.get(as_boss("/v1/trommel/tokens")).status == 200);
    for (const auto* path : {"/healthz", "/ping", "/v1/versions/pip/minimum", "/openapi.json"})
        CHECK(bench.get(path).status == 200);
}

TEST_CASE("a token ends when it expires", "[server]") {
    auto options = guarded();
    const auto past = std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now() - std::chrono::seconds(1));
    const std::string old = "an-old-token-of-tests";
    options.tokens.push_back(
        {.name = "old", .sha256 = sha256(old), .role = "read", .team = {}, .expires_at = past});
    ServerBench bench(options);
    const auto refused = bench.get("/v1/datasets?token=" + old);
    CHECK(refused.status == 401);
    CHECK_THAT(refused.text, Contains("has expired"));

    const auto token = made_token(bench, "read", R"(,"expires_in":3600)");
    CHECK(bench.get("/v1/datasets?token=" + token).status == 200);
    const auto listed = bench.get(as_boss("/v1/trommel/tokens")).json().at(0);
    CHECK(listed.at("expiresAt").as_int64() > listed.at("createdAt").as_int64());
    bench.reopen();
    CHECK(bench.get(as_boss("/v1/trommel/tokens")).json().at(0) == listed);
    for (const auto* wrong : {R"(,"expires_in":0)",
                              R"(,"expires_in":-1)",
                              R"(,"expiresAt":5)",
                              R"(,"expiresIn":5)",
                              R"(,"expires_in":9223372036854775808)",
                              R"(,"expiresAt":18446744073709551615)",
                              R"(,"expires_in":5,"expiresAt":9999999999999)"})
        CHECK(bench
                  .post(as_boss("/v1/trommel/tokens"),
                        std::string(R"({"name":"x","role":"read")") + wrong + "}")
                  .status == 422);
}

TEST_CASE("tokens of a configuration that is read again take the place of the old", "[server]") {
    ServerBench bench(guarded());
    const auto made = made_token(bench, "read");
    const std::string next = "the-next-boss-of-tests";
    bench.server().give_tokens({{.name = "next", .sha256 = sha256(next)}});
    CHECK(bench.get(as_boss("/v1/datasets")).status == 401);
    CHECK(bench.get("/v1/datasets?token=" + next).status == 200);
    CHECK(bench.get("/v1/datasets?token=" + made).status == 200);
    CHECK_THROWS_AS(bench.server().give_tokens({{.name = "", .sha256 = sha256("")}}), ConfigError);
    CHECK(bench.get("/v1/datasets?token=" + next).status == 200);
}

TEST_CASE("whose request it is, is known from its head", "[server]") {
    ServerBench bench(guarded());
    const auto knows = [&](const std::string& target, const std::string& header = {}) {
        http::Request request;
        request.target = target;
        if (!header.empty()) request.headers.add("Authorization", header);
        return bench.server().knows(request);
    };
    CHECK(knows(as_boss("/v1/datasets")));
    CHECK(knows("/v1/datasets", "bearer " + boss));
    CHECK_FALSE(knows("/v1/datasets"));
    CHECK_FALSE(knows("/v1/datasets?token=nobody-knows-this-one"));
    CHECK_FALSE(knows("/v1/trommel/files/a/b/full?expires=99999999999&by=open&signature=0"));
}

TEST_CASE("tokens outlive the server, and their texts are kept nowhere", "[server]") {
    ServerBench bench(guarded());
    const auto token = made_token(bench, "read");
    bench.reopen();
    CHECK(bench.get("/v1/datasets?token=" + token).status == 200);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.folder().path()))
        if (entry.is_regular_file())
            CHECK(read_file(entry.path()).find(token) == std::string::npos);
    CHECK(bench.get(as_boss("/v1/trommel/tokens")).text.find(token) == std::string::npos);
}

TEST_CASE("secrets are compared whole", "[server]") {
    CHECK(same_secret("abc", "abc"));
    CHECK(!same_secret("abc", "abd"));
    CHECK(!same_secret("abc", "ab"));
    CHECK(same_secret("", ""));
}

}  // namespace trommel::server
