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

using test::ServerBench;

const Timestamp noon{std::chrono::hours(12)};

/// A server whose administrator has the token `boss`.
ServerOptions guarded() {
    ServerOptions options;
    options.tokens.push_back({.name = "boss", .sha256 = sha256("boss"), .role = "admin"});
    return options;
}

std::string made_token(ServerBench& bench, const std::string& role) {
    const auto answer =
        bench.post("/v1/trommel/tokens?token=boss", R"({"name":"some","role":")" + role + "\"}");
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
    folder.write("secret", "short");
    CHECK_THROWS_WITH(Secret::load_or_make(file), Catch::Contains("is not a secret"));
}

TEST_CASE("signatures are HMAC-SHA-256 under the secret's digits", "[server]") {
    const test::TempDir folder;
    folder.write("secret", std::string(64, '0'));
    // Python: hmac.new(b'0' * 64, text, hashlib.sha256).hexdigest()
    CHECK(Secret::load_or_make(folder / "secret").sign("what do ya want for nothing?") ==
          "97fb193e7e35d781610ee68896bb0a404ef76ffc85ce6b5467f252b2e25b126a");
}

TEST_CASE("a signed URL opens one thing by one method for a while", "[server]") {
    const test::TempDir folder;
    const auto secret = Secret::load_or_make(folder / "secret");
    const SignedUrls urls(secret, std::chrono::seconds(60));
    const auto url = urls.sign("PUT", "/a", noon);
    const std::string expires = url.substr(url.find('=') + 1, url.find('&') - url.find('=') - 1);
    const std::string signature = url.substr(url.rfind('=') + 1);
    const auto check = [&](const char* method,
                           const char* path,
                           const std::string& until,
                           const std::string& sign,
                           int seconds) {
        urls.check(method, path, until, sign, noon + std::chrono::seconds(seconds));
    };

    CHECK_NOTHROW(check("PUT", "/a", expires, signature, 60));
    CHECK_THROWS_WITH(check("PUT", "/a", expires, signature, 61), Catch::Contains("expired"));
    CHECK_THROWS_AS(check("GET", "/a", expires, signature, 1), ApiError);
    CHECK_THROWS_AS(check("PUT", "/b", expires, signature, 1), ApiError);
    CHECK_THROWS_AS(check("PUT", "/a", "99999999999", signature, 1), ApiError);
    CHECK_THROWS_AS(check("PUT", "/a", expires, "", 1), ApiError);
    CHECK_THROWS_AS(check("PUT", "/a", "", "", 1), ApiError);
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
    // To delete the last one does not open the server.
    CHECK(bench.remove("/v1/trommel/tokens/" + made.id() + mine).status == 200);
    CHECK(bench.get("/v1/datasets").status == 401);
}

TEST_CASE("a token may what its role may, in the query or in a header", "[server]") {
    ServerBench bench(guarded());
    const auto reader = made_token(bench, "read");
    const auto writer = made_token(bench, "write");
    const auto make = [&](const std::string& token) {
        return bench.post("/v1/datasets?token=" + token, R"({"name":"pool"})");
    };

    CHECK(bench.get("/v1/datasets?token=" + reader).status == 200);
    CHECK(bench.get("/v1/datasets", {{"Authorization", "Bearer " + reader}}).status == 200);
    CHECK(bench.get("/v1/datasets", {{"Authorization", "Bearer wrong"}}).status == 401);
    CHECK(bench.get("/v1/datasets?token=wrong").status == 401);
    CHECK(make(reader).status == 403);
    CHECK(make(reader).code() == "FORBIDDEN");
    CHECK(make(writer).status == 201);
    CHECK(bench.get("/v1/trommel/tokens?token=" + writer).status == 403);
    CHECK(bench.get("/v1/trommel/tokens?token=boss").status == 200);
    for (const auto* path : {"/healthz", "/ping", "/v1/versions/pip/minimum", "/openapi.json"})
        CHECK(bench.get(path).status == 200);
}

TEST_CASE("tokens outlive the server, and their texts are kept nowhere", "[server]") {
    ServerBench bench(guarded());
    const auto token = made_token(bench, "read");
    bench.reopen();
    CHECK(bench.get("/v1/datasets?token=" + token).status == 200);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.folder().path()))
        if (entry.is_regular_file())
            CHECK(read_file(entry.path()).find(token) == std::string::npos);
    CHECK(bench.get("/v1/trommel/tokens?token=boss").text.find(token) == std::string::npos);
}

TEST_CASE("secrets are compared whole", "[server]") {
    CHECK(same_secret("abc", "abc"));
    CHECK(!same_secret("abc", "abd"));
    CHECK(!same_secret("abc", "ab"));
    CHECK(same_secret("", ""));
}

}  // namespace trommel::server
