// What a server says and counts of its calls: request ids, log, figures, readiness, audit log.
#include "server/server_bench.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/server/observe/log.hpp"

#include <catch2/catch.hpp>

#include <optional>

namespace trommel::test {
namespace {

using Catch::Matchers::Contains;
using server::Log;

const std::string reader = "a-token-that-reads-only";
const std::string owner = "a-token-of-the-owner";

server::ServerOptions guarded() {
    server::ServerOptions options;
    options.tokens = {{.name = "nightly", .sha256 = sha256(reader), .role = "read"},
                      {.name = "owner", .sha256 = sha256(owner), .role = "admin"}};
    return options;
}

http::Headers bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

/// The lines of the audit log.
std::vector<boost::json::value> audit_of(const ServerBench& bench) {
    std::vector<boost::json::value> lines;
    const auto text = read_file(bench.folder() / "server/audit.jsonl");
    for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
        lines.push_back(boost::json::parse(text.substr(begin, text.find('\n', begin) - begin)));
    return lines;
}

}  // namespace

TEST_CASE("each answer has a request id: the caller's if it is one, else a new one", "[server]") {
    ServerBench bench;
    const auto id_for = [&](const std::string& given) {
        const auto answer = bench.get("/healthz", {{"X-Request-Id", given}});
        return std::string(answer.headers.get("X-Request-Id"));
    };
    CHECK(id_for("4f1c.A_b-9") == "4f1c.A_b-9");
    CHECK(id_for(std::string(128, 'a')) == std::string(128, 'a'));
    for (const std::string bad : {"", "a b", "a\"b", "a=b", "a;b", "\x1b[31m", "\xff"})
        CHECK(id_for(bad).size() == 13);
    CHECK(id_for(std::string(129, 'a')).size() == 13);
    CHECK(id_for("") != id_for(""));
    CHECK(bench.get("/nothing").headers.get("X-Request-Id").size() == 13);
}

TEST_CASE("the log names call, caller and route, and never a token", "[server]") {
    TempDir folder;
    {
        Log log({.file = folder / "log"});
        auto options = guarded();
        options.log = &log;
        options.logs_calls = true;
        ServerBench bench(options);
        bench.get("/v1/datasets?token=" + reader, {{"X-Request-Id", "id-1"}});
        bench.get("/v1/datasets?token=b0ss%0aGET");
        bench.get("/v1/datasets/%0a%1b[31m?token=" + reader);
    }
    const auto text = read_file(folder / "log");
    CHECK_THAT(text,
               Contains("serve: GET /v1/datasets 200 request=id-1 token=nightly client=\"\" "
                        "route=/v1/datasets status=200 ms=") &&
                   Contains("GET /v1/datasets 401 ") &&
                   Contains("route=/v1/datasets/{datasetId} status=404"));
    CHECK_THAT(text, !Contains(reader) && !Contains("b0ss") && !Contains("\x1b"));
    CHECK(std::ranges::count(text, '\n') == 3);
}

TEST_CASE("a stream is counted and logged when it has ended", "[server]") {
    TempDir folder;
    {
        Log log({.file = folder / "log", .is_json = true});
        server::ServerOptions options;
        options.log = &log;
        options.logs_calls = true;
        ServerBench bench(options);
        const auto path = "/v1/datasets/" + bench.post("/v1/datasets", R"({"name":"abc"})").id();
        bench.post(path + "/samples", R"({"fileName":"a.jpg"})");
        const auto answer = bench.get(path + "/mappings?field=fileName");
        REQUIRE(answer.text == R"(["a.jpg"])");
    }
    CHECK_THAT(read_file(folder / "log"), Contains("/mappings 200") && Contains("\"bytes\":9}"));
}

TEST_CASE("figures are by route and status, and ask for a token", "[server]") {
    ServerBench bench(guarded());
    bench.get("/v1/datasets/000000000000000000000000", bearer(reader));
    bench.get("/no/such/path/4711");
    CHECK(bench.get("/metrics").status == 401);
    const auto answer = bench.get("/metrics", bearer(reader));
    CHECK(answer.status == 200);
    CHECK(answer.headers.get("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK_THAT(answer.text,
               Contains("trommel_http_requests_total{method=\"GET\",route=\"/v1/datasets/"
                        "{datasetId}\",status=\"404\"} 1\n") &&
                   Contains("{method=\"none\",route=\"none\",status=\"404\"} 1\n") &&
                   Contains("trommel_http_request_duration_seconds_bucket{") &&
                   Contains("trommel_http_requests_in_flight 1\n") &&
                   Contains("trommel_jobs{state=\"RUNNING\"} 0\n") &&
                   Contains("process_resident_memory_bytes ") &&
                   Contains("trommel_audit_dropped_lines_total 0\n"));
    CHECK_THAT(answer.text, !Contains("4711") && !Contains("000000000000000000000000"));
}

TEST_CASE("figures are everybody's where the settings say so, or the server is open", "[server]") {
    auto options = guarded();
    options.metrics_are_public = true;
    ServerBench bench(options);
    CHECK(bench.get("/metrics").status == 200);
    CHECK(bench.get("/v1/datasets").status == 401);
    ServerBench open;
    CHECK(open.get("/metrics").status == 200);
}

TEST_CASE("a server is ready, or says what it lacks", "[server]") {
    auto options = guarded();
    std::string fault;
    options.probe_database = [&] {
        if (!fault.empty()) throw Error(fault);
    };
    options.probe_platform = [&]() -> asio::awaitable<void> {
        if (!fault.empty()) throw Error("it is gone");
        co_return;
    };
    {
        ServerBench bench(options);
        const auto answer = bench.get("/readyz");
        CHECK(answer.status == 200);
        CHECK(answer.text == R"({"status":"ready","reasons":[]})");
    }
    fault = "it is locked";
    ServerBench bench(options);
    const auto answer = bench.get("/readyz");
    CHECK(answer.status == 503);
    CHECK(answer.text ==
          R"({"status":"unready","reasons":[{"part":"database","error":"it is locked"},)"
          R"({"part":"platform","error":"the server behind this one cannot be reached, or )"
          R"(cannot answer"}]})");
    CHECK(bench.get("/healthz").status == 200);
}

TEST_CASE("what was changed is written down, with by whom and when", "[server]") {
    ServerBench bench(guarded());
    http::Headers by_owner = bearer(owner);
    by_owner.add("X-Request-Id", "make-1");
    const auto id = bench.call("POST", "/v1/datasets", R"({"name":"abc"})", by_owner).id();
    bench.get("/v1/datasets", bearer(owner));
    bench.call("POST", "/v1/datasets", R"({"name":"no"})", bearer(reader));
    bench.call("POST", "/v1/datasets", "{", bearer(owner));
    bench.call("POST", "/v1/trommel/tokens", R"({"name":"x","role":"read"})", bearer(owner));
    bench.call("DELETE", "/v1/datasets/" + id + "?force=true", "", bearer(owner));

    const auto lines = audit_of(bench);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].at("request") == "make-1");
    CHECK(lines[0].at("token") == "owner");
    CHECK(lines[0].at("route") == "/v1/datasets");
    CHECK(lines[0].at("method") == "POST");
    CHECK(lines[0].at("createdId") == id.c_str());
    CHECK(lines[0].at("status") == 201);
    CHECK(lines[0].at("time").as_string().size() == 24);
    CHECK(lines[1].at("operation") == "trommelCreateToken");
    CHECK(lines[2].at("datasetId") == id.c_str());
    CHECK((std::filesystem::status(bench.folder() / "server/audit.jsonl").permissions() &
           std::filesystem::perms(0077)) == std::filesystem::perms::none);
}

TEST_CASE("a change that cannot be written down happens, is counted and told", "[server]") {
    auto options = guarded();
    options.audit.file = "/dev/full";
    ServerBench bench(options);
    CHECK(bench.get("/readyz").status == 200);
    const auto made = bench.call("POST", "/v1/datasets", R"({"name":"abc"})", bearer(owner));
    CHECK(made.status == 201);
    CHECK_THAT(bench.get("/metrics", bearer(owner)).text,
               Contains("trommel_audit_dropped_lines_total 1\n"));
    ::usleep(1'100'000);
    const auto ready = bench.get("/readyz");
    CHECK(ready.status == 503);
    CHECK_THAT(ready.text, Contains("\"part\":\"audit\"") && Contains("No space left on device"));
}

}  // namespace trommel::test
