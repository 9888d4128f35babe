#include "server/server_bench.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace trommel::test {

namespace {

const http::Headers old_client{{"User-Agent", "Swagger-Codegen/1.0.0/python"}};
const http::Headers new_client{{"User-Agent", "Lightly/1.4.6 (Linux/5; x;) python/3.8"}};

std::vector<std::string> names(const Answer& answer) {
    std::vector<std::string> all;
    const auto json = answer.json();
    for (const auto& each : json.as_array()) all.emplace_back(each.at("name").as_string());
    return all;
}

Answer announce(ServerBench& bench, const Pool& pool, const std::string& name) {
    return bench.get(pool.path + "/embeddings/writeCSVUrl?name=" + name);
}

std::string write_url(const Answer& announced) {
    return ServerBench::target_of(announced.field("signedWriteUrl"));
}

std::string read_csv(ServerBench& bench, const Pool& pool, const std::string& id) {
    const auto url = bench.get(pool.path + "/embeddings/" + id + "/readCSVUrl").json();
    return bench.get(ServerBench::target_of(std::string(url.as_string()))).text;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("embeddings are put in the order of the samples and come back as they were", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto rows = bench.wait(
        bench.platform().embedding(DatasetId(pool.dataset), EmbeddingId(pool.embedding)));
    CHECK(*rows == Matrix{{0}, {1}, {2}, {10}, {11}, {20}});
    CHECK(read_csv(bench, pool, pool.embedding) == pool.csv);
    CHECK(bench.get("/v1/trommel" + pool.path.substr(3) + "/embeddings")
              .json()
              .at(0)
              .at("rows")
              .as_int64() == 6);
    CHECK(
        bench.put(pool.path + "/embeddings/" + pool.embedding + "/isProcessed", R"({"rowCount":6})")
            .status == 200);
    CHECK(bench.put(pool.path + "/embeddings/" + pool.embedding + "/isProcessed", "{}").status ==
          200);
    CHECK(bench
              .get("/users/datasets/" + pool.dataset + "/samples/" + pool.samples[3] +
                   "/embeddings?mode=full")
              .json()
              .at(0)
              .at("embedding") == boost::json::parse("[10]"));
}

TEST_CASE("embeddings of a pipeline are read as CSV too", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    auto rows =
        std::make_shared<Matrix>(Matrix{{0.1F, 2}, {1, 2}, {2, 2}, {3, 2}, {4, 2}, {5, 1e-7F}});
    const auto id = bench.wait(
        bench.platform().upload_embeddings(DatasetId(pool.dataset), "of a pipeline", rows));
    CHECK_THAT(read_csv(bench, pool, id.text()),
               Catch::StartsWith("filenames,embedding_0,embedding_1,labels\na.jpg,0.1,2,0\n") &&
                   Catch::EndsWith("f.jpg,5,1e-07,0\n"));
}

TEST_CASE("newer clients get the newest embeddings first, older ones last", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto second = announce(bench, pool, "second");
    const auto list = pool.path + "/embeddings";
    CHECK(bench.get(list).json().at(1).at("isProcessed") == false);
    REQUIRE(bench.put(write_url(second), pool.csv).status == 200);

    CHECK(names(bench.get(list, old_client)) == Names{"rows", "second"});
    CHECK(names(bench.get(list, new_client)) == Names{"second", "rows"});
    CHECK(bench.get(list).json().at(1).at("isProcessed") == true);
}

TEST_CASE("an upload that is repeated is not a harm, another one is refused", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    CHECK(announce(bench, pool, "rows").code() == "EMBEDDING_NAME_EXISTS");
    const auto first = announce(bench, pool, "next");
    CHECK(announce(bench, pool, "next").field("embeddingId") == first.field("embeddingId"));
    const auto url = write_url(first);
    CHECK(
        bench.get(pool.path + "/embeddings/" + first.field("embeddingId") + "/readCSVUrl").code() ==
        "EMBEDDING_NOT_READY");

    CHECK(bench.put(url, "nonsense").status == 422);
    CHECK(bench.put(url, pool.csv).status == 200);
    CHECK(bench.put(url, pool.csv).status == 200);
    auto other = pool.csv;
    other.replace(other.find(",20,"), 4, ",21,");
    CHECK(bench.put(url, other).status == 409);
    CHECK(read_csv(bench, pool, first.field("embeddingId")) == pool.csv);
    CHECK(std::filesystem::is_empty(bench.folder() / "server/drafts"));
}

TEST_CASE("of uploads of the same embeddings at once one counts, and its file", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    auto other = pool.csv;
    other.replace(other.find(",20,"), 4, ",21,");
    for (const auto& second : {pool.csv, other}) {
        const auto announced = announce(bench, pool, second == other ? "two" : "one");
        std::vector<http::Request> puts;
        for (const auto& csv : {pool.csv, second}) {
            auto& put = puts.emplace_back();
            put.method = "PUT";
            put.target = write_url(announced);
            put.body = http::Body(csv);
        }
        const auto ends = bench.send_at_once(std::move(puts));
        const auto id = announced.field("embeddingId");
        const auto kept = ends[0].status == 200 ? pool.csv : second;
        CHECK(std::set{ends[0].status, ends[1].status} ==
              (second == other ? std::set{200U, 409U} : std::set{200U}));
        CHECK(read_csv(bench, pool, id) == kept);
        const auto rows =
            bench.wait(bench.platform().embedding(DatasetId(pool.dataset), EmbeddingId(id)));
        CHECK((*rows)(5, 0) == (kept == other ? 21 : 20));
        CHECK(std::filesystem::is_empty(bench.folder() / "server/drafts"));
    }
}

TEST_CASE("a CSV that does not fit the samples is refused with the reason", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto url = write_url(announce(bench, pool, "bad"));
    const auto put = [&](const std::string& csv) { return bench.put(url, csv); };

    const auto few = put("filenames,embedding_0,labels\na.jpg,1,0\n");
    CHECK(few.status == 422);
    CHECK(few.code() == "EMBEDDING_ROW_COUNT_INVALID");
    auto renamed = pool.csv;
    renamed.replace(renamed.find("f.jpg"), 5, "z.jpg");
    CHECK_THAT(put(renamed).text, Catch::Contains("no row for sample 'f.jpg'"));
    auto infinite = pool.csv;
    infinite.replace(infinite.find(",20,"), 4, ",inf,");
    const auto answer = put(infinite);
    CHECK(answer.code() == "EMBEDDING_INVALID");
    CHECK_THAT(answer.text, Catch::Contains("the file:2: ") && Catch::Contains("f.jpg"));
    CHECK(answer.text.find("drafts") == std::string::npos);
    const auto many = put(pool.csv + "y.jpg,1,0\nz.jpg,1,0\n");
    CHECK(many.status == 422);
    CHECK(many.code() == "EMBEDDING_ROW_COUNT_INVALID");
    CHECK_THAT(many.text, Catch::Contains("more than 6 rows but the dataset 6 samples"));
    CHECK(put("").status == 422);
    CHECK(put(pool.csv).status == 200);
}

TEST_CASE("embeddings are deleted, and their coordinates with them", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto one = pool.path + "/embeddings/" + pool.embedding;
    for (const auto* method : {"PCA", "TSNE", "UMAP"})
        CHECK(bench
                  .post(one + "/trigger2dEmbeddingsJob",
                        std::string(R"({"dimensionalityReductionMethod":")") + method + "\"}")
                  .status == 202);
    const auto made = bench.post(one + "/2d",
                                 R"({"name":"p","dimensionalityReductionMethod":"PCA",
                                     "coordinatesDimension1":[1,2.5],"coordinatesDimension2":[0,1]})");
    REQUIRE(made.status == 201);
    const auto data = bench.get(one + "/2d/" + made.id()).json();
    CHECK(data.at("coordinatesDimension1") == boost::json::parse("[1,2.5]"));
    CHECK(data.at("embeddingId").as_string() == pool.embedding);
    CHECK(bench.get(one + "/2d").json().as_array().size() == 1);
    CHECK(bench.get(pool.path + "/embeddings").json().at(0).at("is2d") == true);
    CHECK(bench
              .post(one + "/2d",
                    R"({"name":"p","dimensionalityReductionMethod":"PCA",
                         "coordinatesDimension1":[1],"coordinatesDimension2":[0,1]})")
              .status == 422);

    CHECK(bench.remove(one).status == 200);
    CHECK(bench.remove(one).status == 404);
    CHECK(bench.get(pool.path + "/embeddings").text == "[]");
    CHECK(bench.get(one + "/2d").text == "[]");
    CHECK(std::filesystem::is_empty(bench.folder() / "server/embeddings"));
}

}  // namespace trommel::test
