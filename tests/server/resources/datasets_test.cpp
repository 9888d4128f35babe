#include "server/server_bench.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

std::vector<std::string> names(const Answer& answer) {
    std::vector<std::string> all;
    const auto json = answer.json();
    for (const auto& each : json.as_array()) all.emplace_back(each.at("name").as_string());
    return all;
}

std::vector<std::string> members(const boost::json::value& json) {
    std::vector<std::string> all;
    for (const auto& [name, ignored] : json.as_object()) all.emplace_back(name);
    return all;
}

std::string make(ServerBench& bench, const std::string& name) {
    return bench.post("/v1/datasets", R"({"name":")" + name + "\"}").id();
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a dataset is made, found, renamed and deleted", "[server]") {
    ServerBench bench;
    const auto made = bench.post(
        "/v1/datasets/", R"({"name":"pool one","type":"Crops","creator":"USER_PIP","x":null})");
    REQUIRE(made.status == 201);
    CHECK(members(made.json()) == Names{"id"});
    const auto path = "/v1/datasets/" + made.id();

    const auto one = bench.get(path);
    CHECK(one.status == 200);
    CHECK(members(one.json()) == Names{"id",
                                       "name",
                                       "userId",
                                       "type",
                                       "nSamples",
                                       "sizeInBytes",
                                       "createdAt",
                                       "lastModifiedAt",
                                       "accessRole"});
    CHECK(one.field("type") == "Crops");
    CHECK(one.json().at("createdAt").as_int64() > 1'600'000'000'000);

    CHECK(bench.put(path, R"({"name":"pool two"})").status == 200);
    CHECK(bench.get(path).field("name") == "pool two");
    CHECK(bench.get(path).json().at("lastModifiedAt").as_int64() >=
          one.json().at("lastModifiedAt").as_int64());
    const auto until = path + "/datasource/processedUntilTimestamp";
    CHECK(bench.get(until).text == R"({"processedUntilTimestamp":0})");
    CHECK(bench.put(until, R"({"processedUntilTimestamp":1700000000})").status == 200);
    CHECK(bench.get(until).text == R"({"processedUntilTimestamp":1700000000})");
    CHECK(bench.get(path).json().at("datasourceProcessedUntilTimestamp") == 1700000000);
    CHECK(bench.put(until, R"({"processedUntilTimestamp":"now"})").status == 422);
    CHECK(bench.put(path + "/registerDatasetUpload", R"({"total":1,"processed":0})").status == 200);
    CHECK(bench.call("DELETE", path + "?force=True", "{}").status == 200);
    CHECK(bench.get(path).status == 404);
    CHECK(bench.get(path).code() == "DATASET_UNKNOWN");
    CHECK(bench.remove(path).status == 404);
}

TEST_CASE("names of datasets are checked where they are given", "[server]") {
    ServerBench bench;
    const auto first = make(bench, "first");
    make(bench, "second");
    const auto again = bench.post("/v1/datasets", R"({"name":"first"})");
    CHECK(again.status == 409);
    CHECK(again.code() == "DATASET_NAME_EXISTS");
    CHECK(bench.post("/v1/datasets", R"({"name":"a"})").status == 422);
    CHECK(bench.put("/v1/datasets/" + first, R"({"name":"../x"})").status == 422);
    CHECK(bench.put("/v1/datasets/" + first, R"({"name":"second"})").code() ==
          "DATASET_NAME_EXISTS");
}

TEST_CASE("datasets are listed, also in pages that end", "[server]") {
    ServerBench bench;
    for (const auto* name : {"abc", "abcd", "Abc"}) make(bench, name);
    CHECK(names(bench.get("/v1/datasets")) == Names{"abc", "abcd", "Abc"});
    CHECK(names(bench.get("/v1/datasets?pageSize=2&pageOffset=0")) == Names{"abc", "abcd"});
    CHECK(names(bench.get("/v1/datasets?pageSize=2&pageOffset=2")) == Names{"Abc"});
    CHECK(bench.get("/v1/datasets?pageSize=2&pageOffset=4").text == "[]");
    CHECK(names(bench.get("/v1/datasets?shared=False")).size() == 3);
    CHECK(bench.get("/v1/datasets?shared=True").text == "[]");
    CHECK(bench.get("/v1/datasets?getAssetsOfTeam=true").text == "[]");
    CHECK(bench.get("/v1/datasets?pageSize=two").status == 422);
    CHECK(bench.get("/v1/datasets?pageOffset=-1").status == 422);

    const std::string query = "/v1/datasets/query/name/abc";
    CHECK(names(bench.get(query + "?exact=True")) == Names{"abc"});
    CHECK(names(bench.get(query + "?exact=true")) == Names{"abc"});
    CHECK(names(bench.get(query + "?exact=False")) == Names{"abc", "abcd"});
    CHECK(bench.get("/v1/datasets/query/name/ab%20c?exact=True").text == "[]");
}

TEST_CASE("a dataset that goes takes its jobs and its files along", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    bench.put(
        ServerBench::target_of(
            bench.get(pool.path + "/samples/" + pool.samples[0] + "/writeurls").field("full")),
        "image");
    const auto images = bench.folder() / "server/images";
    REQUIRE(std::filesystem::exists(images / pool.dataset / "a.jpg"));

    CHECK(bench.remove(pool.path).status == 200);

    CHECK(std::filesystem::is_empty(images));
    CHECK(std::filesystem::is_empty(bench.folder() / "server/embeddings"));
    CHECK(bench.get("/v1/datasets").text == "[]");
    CHECK(make(bench, "pool").size() == 24);
}

TEST_CASE("versions and quota are JSON texts of what clients parse", "[server]") {
    ServerBench bench;
    CHECK(bench.get("/v1/versions/pip/minimum").text == "\"1.1.0\"");
    CHECK(bench.get("/v1/versions/pip/latest?currentVersion=1.4.6").text == "\"1.4.6\"");
    CHECK(bench.get("/v1/quota").text == "\"1000000000\"");
    // The client 1.1.0 reads a field of an object there.
    CHECK(bench.get("/users/quota").text == R"({"maxDatasetSize":1000000000})");
    CHECK(bench.get("/healthz").text == R"({"status":"ok"})");
    CHECK(bench.get("/v1/trommel/version").field("name") == "trommel");
}

}  // namespace trommel::test
