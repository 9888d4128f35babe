#include "server/server_bench.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

std::string create(ServerBench& bench, const std::string& path, const std::string& body) {
    const auto answer = bench.post(path + "/samples", body);
    REQUIRE(answer.status == 201);
    return answer.id();
}

/// Path of a new dataset.
std::string dataset(ServerBench& bench) {
    return "/v1/datasets/" + bench.post("/v1/datasets", R"({"name":"pool"})").id();
}

}  // namespace

TEST_CASE("a sample that is added again stays the same", "[server]") {
    ServerBench bench;
    const auto path = dataset(bench);
    const auto first = create(bench, path, R"({"fileName":"b.jpg"})");
    const auto second = create(bench, path, R"({"fileName":"dir/a ü.jpg"})");
    CHECK(create(bench, path, R"({"fileName":"b.jpg"})") == first);

    CHECK(bench.get(path + "/mappings?field=fileName").text == R"(["b.jpg","dir/a ü.jpg"])");
    CHECK(bench.get(path + "/mappings?field=_id").text == "[\"" + first + "\",\"" + second + "\"]");
    CHECK(bench.get(path + "/mappings?field=fileName&pageSize=1&pageOffset=1").text ==
          R"(["dir/a ü.jpg"])");
    CHECK(bench.get(path + "/mappings?pageSize=1&pageOffset=2").text == "[]");
    CHECK(bench.get(path).json().at("nSamples").as_int64() == 2);
    CHECK(bench.post(path + "/samples", R"({"fileName":""})").status == 422);
    CHECK(bench.post(path + "/samples", "{}").status == 422);
}

TEST_CASE("what is told of a sample is kept, and changed member by member", "[server]") {
    ServerBench bench;
    const auto path = dataset(bench);
    const auto id = create(bench,
                           path,
                           R"({"fileName":"a.jpg","thumbName":"a_thumb.webp","exif":{},
                               "metaData":{"snr":NaN,"mean":[0.1,2],"is_corrupted":false}})");
    const auto one = path + "/samples/" + id;
    CHECK(bench.get(one).json().at("metaData") ==
          boost::json::parse(R"({"snr":null,"mean":[0.1,2],"is_corrupted":false})"));
    CHECK(bench.get(one).field("type") == "IMAGE");

    CHECK(bench.put(one + "?enableDatasetUpdate=True", R"({"customMetaData":{"city":"Zürich"}})")
              .status == 200);

    const auto now = bench.get(one).json();
    CHECK(now.at("customMetaData").at("city").as_string() == "Zürich");
    CHECK(now.at("thumbName").as_string() == "a_thumb.webp");
    CHECK(now.at("index").as_int64() == 0);
    CHECK(bench.put(one, R"({"customMetaData":[1]})").status == 422);
    CHECK(bench.put(one, R"({"fileName":"b.jpg"})").status == 422);
    // Clients 1.1.x send these again with every change.
    CHECK(bench.put(one, R"({"fileName":"a.jpg","thumbName":"t","metaData":{}})").status == 200);
    CHECK(bench.get(one).field("thumbName") == "t");
}

TEST_CASE("frames and crops are told apart from images", "[server]") {
    ServerBench bench;
    const auto path = dataset(bench);
    create(bench, path, R"({"fileName":"a-1-mp4.png","videoFrameData":{"sourceVideo":"a.mp4"}})");
    create(bench, path, R"({"fileName":"a_crop.png","cropData":{"parentSampleId":"x"}})");
    const auto all = bench.get(path + "/samples").json();
    CHECK(all.at(0).at("type").as_string() == "VIDEO_FRAME");
    CHECK(all.at(0).at("videoFrameData").at("sourceVideo").as_string() == "a.mp4");
    CHECK(all.at(1).at("type").as_string() == "CROP");
}

TEST_CASE("samples are listed in three modes, in pages and by name", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    // Samples of a pipeline on the same database, of which nothing is known but their names.
    bench.wait(bench.platform().add_samples(DatasetId(pool.dataset), {"bare.jpg"}));
    const auto partial = pool.path + "/samples/partial";

    CHECK(bench.get(partial + "?mode=ids&pageSize=1&pageOffset=1").text ==
          "[{\"id\":\"" + pool.samples[1] + "\"}]");
    CHECK(bench.get(partial + "?mode=fileNames&pageSize=1").text ==
          "[{\"id\":\"" + pool.samples[0] + "\",\"fileName\":\"a.jpg\"}]");
    CHECK(bench.get(partial + "?mode=ids").json().as_array().size() == 7);
    CHECK(bench.get(partial + "?mode=ids&pageOffset=7").text == "[]");
    const auto full = bench.get(pool.path + "/samples").json();
    REQUIRE(full.as_array().size() == 7);
    for (std::size_t i = 0; i < 7; ++i)
        CHECK(full.as_array()[i].at("index").as_int64() == static_cast<std::int64_t>(i));
    CHECK(full.at(6).at("fileName").as_string() == "bare.jpg");
    CHECK(full.at(6).at("type").as_string() == "IMAGE");
    CHECK(!full.at(6).as_object().contains("createdAt"));

    CHECK(bench.get(partial + "?mode=ids&fileName=c.jpg").text ==
          "[{\"id\":\"" + pool.samples[2] + "\"}]");
    CHECK(bench.get(pool.path + "/samples?mode=full&fileName=nobody").text == "[]");
}

TEST_CASE("lists of many samples are whole, whatever the size of a piece", "[server]") {
    ServerBench bench;
    const auto path = dataset(bench);
    std::string names;
    for (int i = 0; i < 2500; ++i) names += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\"";
    const auto added =
        bench.post("/v1/trommel/" + path.substr(4) + "/samples", "{\"fileNames\":[" + names + "]}");
    REQUIRE(added.text == R"({"total":2500})");
    CHECK(bench.post("/v1/trommel/" + path.substr(4) + "/samples", R"({"fileNames":["7","x"]})")
              .text == R"({"total":2501})");

    // A large body is read beside the loop, and refused all the same.
    for (int i = 2500; i < 20'000; ++i) names += ",\"" + std::to_string(i) + "\"";
    const auto wrong = bench.post("/v1/trommel/" + path.substr(4) + "/samples",
                                  "{\"fileNames\":[" + names + ",7]}");
    CHECK(wrong.status == 422);
    CHECK_THAT(wrong.text, Catch::Contains("'fileNames[20000]' has to be of type string"));

    for (const auto* query : {"", "/partial?mode=full", "/partial?mode=ids"}) {
        const auto all = bench.get(path + "/samples" + query).json();
        CHECK(all.as_array().size() == 2501);
    }
    CHECK(bench.get(path + "/samples?pageSize=1000&pageOffset=999").json().as_array().size() ==
          1000);
    CHECK(bench.get(path + "/mappings").json().at(2500).as_string() == "x");
}

}  // namespace trommel::test
