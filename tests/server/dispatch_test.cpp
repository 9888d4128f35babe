// What every call has in common: bad requests get the status that says why.
#include "server/server_bench.hpp"
#include "trommel/http/message_error.hpp"
#include "trommel/server/routing/refusal.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

TEST_CASE("what is not there, and what it cannot do, is said", "[server]") {
    ServerBench bench;
    const auto lost = bench.get("/v1/nothing?token=secret");
    CHECK(lost.status == 404);
    CHECK(lost.text == R"({"code":"NOT_FOUND","error":"there is nothing at /v1/nothing"})");
    const auto wrong = bench.call("PATCH", "/v1/datasets");
    CHECK(wrong.status == 405);
    CHECK(wrong.headers.get("Allow") == "POST, GET");
    CHECK(bench.get("").status == 404);
    CHECK(bench.get("/").status == 404);
    CHECK(bench.get("/v1/datasets/../datasets").status == 404);
    CHECK(bench.call("HEAD", "/healthz").status == 200);
}

TEST_CASE("a body that is not JSON or not as it has to be is refused", "[server]") {
    ServerBench bench;
    for (const auto* body : {"{", "nonsense", "{\"name\": 'x'}", "{\"name\":\"abc\"} more"}) {
        const auto answer = bench.post("/v1/datasets", body);
        CHECK(answer.status == 400);
        CHECK(answer.code() == "MALFORMED_REQUEST");
    }
    for (const auto* body : {"", "[]", "3", R"({"name":7})", R"({"name":NaN})"})
        CHECK(bench.post("/v1/datasets", body).status == 422);
    const std::string deep(1000, '[');
    CHECK(bench.post("/v1/datasets", deep).status == 400);
    CHECK(bench.get("/v1/datasets").text == "[]");
}

TEST_CASE("a body beyond the limit is refused, and not kept", "[server]") {
    server::ServerOptions options;
    options.max_body_bytes = 100;
    options.max_file_bytes = 10;
    ServerBench bench(options);
    const auto answer = bench.post("/v1/datasets", "{\"name\":\"" + std::string(100, 'x') + "\"}");
    CHECK(answer.status == 413);
    CHECK(answer.code() == "PAYLOAD_TOO_LARGE");

    const auto path = "/v1/datasets/" + bench.post("/v1/datasets", R"({"name":"abc"})").id();
    const auto sample = bench.post(path + "/samples", R"({"fileName":"a.jpg"})").id();
    const auto url =
        ServerBench::target_of(bench.get(path + "/samples/" + sample + "/writeurls").field("full"));
    CHECK(bench.put(url, "0123456789").status == 200);
    CHECK(bench.put(url, "0123456789A").status == 413);
    CHECK(std::filesystem::is_empty(bench.folder() / "server/drafts"));
    CHECK(std::filesystem::file_size(bench.folder() / "server/images" / path.substr(13) /
                                     "a.jpg") == 10);
}

TEST_CASE("unknown ids of every kind are 404 by their own code", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const std::string nobody = "0123456789abcdef01234567";
    const auto code = [&](const std::string& path) {
        const auto answer = bench.get(path);
        CHECK(answer.status == 404);
        return answer.code();
    };
    for (const auto* rest : {"", "/tags", "/samples", "/mappings", "/embeddings", "/datasource"})
        CHECK(code("/v1/datasets/" + nobody + rest) == "DATASET_UNKNOWN");
    CHECK(code("/v1/datasets/x'%20OR%201=1") == "DATASET_UNKNOWN");
    CHECK(code(pool.path + "/tags/" + nobody) == "TAG_UNKNOWN");
    CHECK(code(pool.path + "/tags/" + nobody + "/scores") == "TAG_UNKNOWN");
    CHECK(code(pool.path + "/tags/" + pool.tag + "/scores/" + nobody) == "SCORE_UNKNOWN");
    CHECK(code(pool.path + "/samples/" + nobody) == "SAMPLE_UNKNOWN");
    CHECK(code(pool.path + "/samples/" + nobody + "/readurl") == "SAMPLE_UNKNOWN");
    CHECK(code(pool.path + "/embeddings/" + nobody + "/readCSVUrl") == "EMBEDDING_UNKNOWN");
    CHECK(code(pool.path + "/embeddings/" + pool.embedding + "/2d/" + nobody) ==
          "EMBEDDING_2D_UNKNOWN");
    CHECK(code("/v1/jobs/" + nobody) == "JOB_UNKNOWN");
    CHECK(code("/v1/trommel/tags/" + nobody) == "TAG_UNKNOWN");
    CHECK(code(pool.path + "/predictions/tasks/x") == "PREDICTION_TASK_SCHEMA_UNKNOWN");
    CHECK(code(pool.path + "/configuration/metadata/" + nobody) ==
          "METADATA_CONFIGURATION_UNKNOWN");
    CHECK(code(pool.path + "/datasource?purpose=LIGHTLY") == "DATASET_DATASOURCE_UNKNOWN");
}

TEST_CASE("a tag of another dataset is none of this one", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto other = "/v1/datasets/" + bench.post("/v1/datasets", R"({"name":"other"})").id();
    CHECK(bench.get(other + "/tags/" + pool.tag).status == 404);
    CHECK(bench.get(other + "/samples/" + pool.samples[0]).status == 404);
    CHECK(bench.get(other + "/embeddings/" + pool.embedding + "/readCSVUrl").status == 404);
}

TEST_CASE("what the HTTP floor refuses is worded as all else", "[server]") {
    const auto response = server::refusal(413, "too large");
    CHECK(response.status == 413);
    CHECK(response.body.text() == R"({"code":"PAYLOAD_TOO_LARGE","error":"too large"})");
}

}  // namespace trommel::test
