// What a web page may send to a server that somebody's machine reaches.
#include "server/access/site.hpp"

#include "server/server_bench.hpp"
#include "trommel/core/digest.hpp"

#include <catch2/catch.hpp>

namespace trommel::server {

namespace {

using Catch::Contains;
using test::ServerBench;

const std::string boss = "the-boss-of-the-tests";
const std::string dataset = R"({"name":"pool"})";

unsigned post_with(ServerBench& bench, http::Headers headers, const std::string& query = {}) {
    return bench.call("POST", "/v1/datasets" + query, dataset, std::move(headers)).status;
}

}  // namespace

TEST_CASE("hosts and origins are compared in one form", "[server]") {
    CHECK(host_of("LocalHost:8765") == "localhost");
    CHECK(host_of("localhost.") == "localhost");
    CHECK(host_of("[::1]:8765") == "::1");
    for (const auto* none : {"", "a/b", "a b", "a@b", "a:b", "a?", "a#b", "[::1", "a\nb"})
        CHECK(host_of(none).empty());
    CHECK(normal_origin("https://A.example:443") == "https://a.example");
    CHECK(normal_origin("http://a.example:8765") == "http://a.example:8765");
    for (const auto* none : {"",
                             "null",
                             "file://",
                             "http://a/",
                             "http://a?b",
                             "http://u@a",
                             "javascript:alert(1)",
                             "chrome-extension://abc"})
        CHECK(normal_origin(none).empty());
}

TEST_CASE("a server without tokens answers under its own names alone", "[server]") {
    ServerOptions options;
    options.public_url = "https://trommel.example.org";
    options.hosts = {"127.0.0.1", "::1", "localhost"};
    ServerBench bench(options);
    for (const auto* host : {"localhost:8765",
                             "LOCALHOST",
                             "localhost.",
                             "127.0.0.1:1",
                             "[::1]:9",
                             "trommel.example.org"})
        CHECK(bench.get("/v1/datasets", {{"Host", host}}).status == 200);
    for (const auto* host : {"evil.example",
                             "evil.example:8765",
                             "127.0.0.1.evil.example",
                             "localhost.evil.example",
                             "xlocalhost",
                             "127.0.0.2",
                             ""}) {
        const auto refused = bench.get("/v1/datasets", {{"Host", host}});
        CHECK(refused.status == 421);
        CHECK_THAT(refused.text, Contains("'hosts'"));
        CHECK(bench.call("DELETE", "/v1/datasets/x", {}, {{"Host", host}}).status == 421);
    }
    for (const auto* host : {"localhost/x", "a b", "u@localhost"})
        CHECK(bench.get("/v1/datasets", {{"Host", host}}).status == 400);
}

TEST_CASE("a server with tokens answers under any name to those who have one", "[server]") {
    ServerOptions options;
    options.tokens.push_back({.name = "boss", .sha256 = sha256(boss)});
    ServerBench bench(options);
    CHECK(bench.get("/v1/datasets?token=" + boss, {{"Host", "any.example"}}).status == 200);
    CHECK(bench.get("/v1/datasets", {{"Host", "any.example"}}).status == 401);
    CHECK(bench.get("/healthz", {{"Host", "10.1.2.3:80"}}).status == 200);
}

TEST_CASE("pages of other sites may not call", "[server]") {
    ServerBench bench;
    for (const auto* origin : {"https://evil.example",
                               "null",
                               "http://here:2",
                               "http://localhost",
                               "file://",
                               "",
                               "http://here:1.evil.example"}) {
        CHECK(post_with(bench, {{"Origin", origin}}) == 403);
        CHECK(bench.get("/v1/datasets", {{"Origin", origin}}).status == 403);
    }
    for (const auto* site : {"cross-site", "same-site", "Cross-Site", "anything"}) {
        CHECK(post_with(bench, {{"Sec-Fetch-Site", site}}) == 403);
        CHECK(bench.get("/v1/datasets", {{"Sec-Fetch-Site", site}}).status == 403);
        CHECK(bench.get("/healthz", {{"Sec-Fetch-Site", site}}).status == 200);
    }
    CHECK(post_with(bench, {{"Origin", "https://here:1"}}) == 403);
    CHECK(post_with(bench, {{"Origin", "http://here:1"}, {"Origin", "https://evil.example"}}) ==
          400);
    CHECK(bench.get("/v1/datasets").text == "[]");
    CHECK(post_with(bench, {{"Origin", "http://here:1"}, {"Sec-Fetch-Site", "same-origin"}}) ==
          201);
    CHECK(bench.get("/v1/datasets", {{"Sec-Fetch-Site", "none"}}).status == 200);
}

TEST_CASE("a token does not let pages of other sites in, unless they are named", "[server]") {
    ServerOptions options;
    options.tokens.push_back({.name = "boss", .sha256 = sha256(boss)});
    options.origins = {"https://labels.example"};
    ServerBench bench(options);
    const auto token = "?token=" + boss;
    CHECK(post_with(bench, {{"Origin", "https://evil.example"}}, token) == 403);
    CHECK(post_with(bench, {{"Origin", "http://labels.example"}}, token) == 403);
    CHECK(post_with(bench,
                    {{"Origin", "https://labels.example"}, {"Sec-Fetch-Site", "cross-site"}},
                    token) == 201);
    const auto read = bench.get("/v1/datasets" + token, {{"Origin", "https://labels.example"}});
    CHECK(read.headers.get("Access-Control-Allow-Origin") == "https://labels.example");
    CHECK(read.headers.get("Vary") == "Origin");
    const auto before = [&](const char* origin) {
        return bench.call("OPTIONS", "/v1/datasets", {}, {{"Origin", origin}});
    };
    CHECK(before("https://labels.example").status == 204);
    CHECK(before("https://evil.example").status == 403);
    CHECK_FALSE(before("https://evil.example").headers.has("Access-Control-Allow-Origin"));
}

TEST_CASE("a body is JSON that says so", "[server]") {
    ServerBench bench;
    const test::Pool pool(bench);
    const auto scores = pool.path + "/tags/" + pool.tag + "/scores";
    for (const auto* type : {"text/plain",
                             "application/x-www-form-urlencoded",
                             "",
                             "multipart/form-data",
                             "application/jsonx",
                             "text/json"}) {
        CHECK(post_with(bench, {{"Content-Type", type}}) == 415);
        CHECK(bench
                  .call("POST",
                        scores,
                        R"({"scoreType":"m","scores":[1,2,3,4,5,6]})",
                        {{"Content-Type", type}})
                  .status == 415);
    }
    CHECK(bench.get("/v1/datasets").json().as_array().size() == 1);
    // As Python's http.client and curl send it, where nobody's browser can.
    http::Request untyped;
    untyped.method = "POST";
    untyped.target = "/v1/datasets";
    untyped.body = http::Body(std::string(R"({"name":"untyped"})"));
    CHECK(bench.send(std::move(untyped)).status == 201);
    CHECK(bench
              .call("POST",
                    "/v1/datasets",
                    R"({"name":"one"})",
                    {{"Content-Type", "Application/JSON; charset=utf-8"}})
              .status == 201);
    // Calls without a body need none, and files are not JSON.
    CHECK(bench.call("PUT", pool.path + "/registerDatasetUpload").status == 200);
    CHECK(bench.call("POST", "/v1/trommel/flush").status == 200);
    const auto urls = bench.get(pool.path + "/samples/" + pool.samples[0] + "/writeurls");
    CHECK(bench
              .call("PUT",
                    ServerBench::target_of(urls.field("full")),
                    "image",
                    {{"Content-Type", "image/jpeg"}})
              .status == 200);
}

TEST_CASE("curl -d may call with a token, and a form may not", "[server]") {
    ServerOptions options;
    options.tokens.push_back({.name = "boss", .sha256 = sha256(boss)});
    ServerBench bench(options);
    const auto token = "?token=" + boss;
    CHECK(post_with(bench, {{"Content-Type", "application/x-www-form-urlencoded"}}, token) == 201);
    CHECK(post_with(bench, {{"Content-Type", "text/plain"}}, token) == 415);
}

TEST_CASE("every answer tells browsers to keep it to themselves", "[server]") {
    ServerBench bench;
    for (const auto* path : {"/v1/datasets", "/healthz", "/v1/nothing", "/openapi.json"}) {
        const auto answer = bench.get(path);
        CHECK(answer.headers.get("X-Content-Type-Options") == "nosniff");
        CHECK(answer.headers.get("Cache-Control") == "no-store");
        CHECK_THAT(std::string(answer.headers.get("Content-Security-Policy")),
                   Contains("default-src 'none'"));
        CHECK(answer.headers.get("Referrer-Policy") == "no-referrer");
    }
}

TEST_CASE("a file that may be a page is saved, not shown", "[server]") {
    ServerBench bench;
    const auto path = "/v1/datasets/" + bench.post("/v1/datasets", dataset).id();
    for (const auto* name : {"a.svg", "a.html", "a.xml", "a", "a.jpg"}) {
        const auto made = bench.post(path + "/samples/withWriteUrls",
                                     std::string(R"({"fileName":")") + name + "\"}");
        const auto full = made.json().at("sampleWriteUrls").at("full");
        CHECK(bench.put(ServerBench::target_of(std::string(full.as_string())), "<x>").status ==
              200);
        const auto url = bench.get(path + "/samples/" + made.id() + "/readurl?type=full").json();
        const auto file = bench.get(ServerBench::target_of(std::string(url.as_string())));
        const bool is_picture = std::string(name) == "a.jpg";
        CHECK(file.headers.get("Content-Disposition") == (is_picture ? "" : "attachment"));
        CHECK(file.headers.get("Content-Type") ==
              (is_picture ? "image/jpeg" : "application/octet-stream"));
        CHECK(file.headers.get("X-Content-Type-Options") == "nosniff");
    }
}

}  // namespace trommel::server
