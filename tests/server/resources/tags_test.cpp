#include "server/server_bench.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

using Names = std::vector<std::string>;

std::string tag_body(const std::string& name,
                     const std::string& mask,
                     const std::string& previous) {
    return R"({"name":")" + name + R"(","bitMaskData":")" + mask + R"(","prevTagId":")" + previous +
           R"(","totSize":6,"creator":"USER_PIP"})";
}

std::string mask_of(ServerBench& bench, const Pool& pool, const std::string& tag) {
    return bench.get(pool.path + "/tags/" + tag).field("bitMaskData");
}

}  // namespace

TEST_CASE("the initial tag has all samples and exists once", "[server]") {
    ServerBench bench;
    const auto path = "/v1/datasets/" + bench.post("/v1/datasets", R"({"name":"pool"})").id();
    const std::string body = R"({"imgType":"thumbnail","creator":"USER_PIP"})";
    CHECK(bench.get(path + "/tags").text == "[]");
    CHECK(bench.post(path + "/tags/initial", body).status == 422);
    bench.post(path + "/samples", R"({"fileName":"a"})");
    CHECK(bench.post(path + "/tags/initial", R"({"imgType":"huge"})").status == 422);
    CHECK(bench.post(path + "/tags/initial", R"({"name":"other"})").status == 422);
    const auto made = bench.post(path + "/tags/initial", body);
    REQUIRE(made.status == 201);
    const auto again = bench.post(path + "/tags/initial", body);
    CHECK(again.status == 409);
    CHECK(again.code() == "TAG_INITIAL_EXISTS");

    const auto tag = bench.get(path + "/tags/" + made.id()).json();
    CHECK(tag.at("prevTagId").is_null());
    CHECK(tag.at("name").as_string() == "initial-tag");
    CHECK(tag.at("bitMaskData").as_string() == "0x1");
    CHECK(tag.at("totSize").as_int64() == 1);
    CHECK(tag.as_object().size() == 7);
    CHECK(bench.get(path).field("imgType") == "thumbnail");
}

TEST_CASE("a tag is made, changed and deleted, its rules kept", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto tags = pool.path + "/tags";
    const auto made = bench.post(tags, tag_body("some", "0x15", pool.tag));
    REQUIRE(made.status == 201);
    CHECK(bench.post(tags, tag_body("some", "0x15", pool.tag)).id() == made.id());
    CHECK(bench.post(tags, tag_body("some", "0x1", pool.tag)).code() == "TAG_NAME_EXISTS");
    CHECK(bench.post(tags, tag_body("x", "0x1", pool.tag)).status == 422);
    CHECK(bench.post(tags, tag_body("beyond", "0x40", pool.tag)).status == 422);
    CHECK(bench.post(tags, tag_body("odd", "0xzz", pool.tag)).status == 422);
    const auto lost = bench.post(tags, tag_body("lost", "0x1", "0123456789abcdef01234567"));
    CHECK(lost.status == 404);
    CHECK(lost.code() == "TAG_PREVTAG_NOT_IN_DATASET");
    CHECK(bench.get(tags + "/" + made.id() + "/filenames").text == R"(["a.jpg","c.jpg","e.jpg"])");
    CHECK(bench.get("/v1/trommel/tags/" + made.id()).text ==
          bench.get(tags + "/" + made.id()).text);

    const auto one = tags + "/" + made.id();
    CHECK(bench.put(one, R"({"name":"renamed","bitMaskData":"0x3"})").status == 200);
    CHECK(mask_of(bench, pool, made.id()) == "0x3");
    CHECK(bench.put(one, R"({"name":"renamed","bitMaskData":"0x80"})").status == 422);
    CHECK(bench.put(one, R"({"name":"initial-tag"})").code() == "TAG_NAME_EXISTS");
    CHECK(bench.put(one, R"({"name":"?"})").status == 422);
    CHECK(bench.put(tags + "/" + pool.tag, R"({"name":"other"})").status == 422);

    const auto child = bench.post(tags, tag_body("child", "0x1", made.id())).id();
    CHECK(bench.remove(one).code() == "TAG_UNDELETABLE_NOT_A_LEAF");
    CHECK(bench.remove(tags + "/" + pool.tag).code() == "TAG_UNDELETABLE_IS_INITIAL");
    CHECK(bench.remove(tags + "/" + child).status == 200);
    CHECK(bench.remove(one).status == 200);
    CHECK(bench.get(tags).json().as_array().size() == 1);
}

TEST_CASE("tags are combined, into a mask or into a tag", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto a = bench.post(pool.path + "/tags", tag_body("low", "0x7", pool.tag)).id();
    const auto b = bench.post(pool.path + "/tags", tag_body("odd", "0x2a", pool.tag)).id();
    const auto body = [&](const std::string& operation, const std::string& more) {
        return R"({"tagId1":")" + a + R"(","tagId2":")" + b + R"(","operation":")" + operation +
               "\"" + more + "}";
    };
    const auto path = pool.path + "/tags/arithmetics";
    CHECK(bench.post(path + "/bitmask", body("UNION", "")).text == R"({"bitMaskData":"0x2f"})");
    CHECK(bench.post(path + "/bitmask", body("INTERSECTION", "")).field("bitMaskData") == "0x2");
    CHECK(bench.post(path, body("DIFFERENCE", "")).field("bitMaskData") == "0x5");
    CHECK(bench.post(path, body("XOR", "")).status == 422);
    const auto made = bench.post(path, body("DIFFERENCE", R"(,"newTagName":"rest")"));
    CHECK(made.status == 200);
    CHECK(mask_of(bench, pool, made.id()) == "0x5");
    CHECK(bench.post(path, body("UNION", R"(,"newTagName":"low")")).code() == "TAG_NAME_EXISTS");
}

TEST_CASE("after more samples the tags grow, and the new ones have their own", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    for (const auto* name : {"g", "h"})
        bench.post(pool.path + "/samples", std::string(R"({"fileName":")") + name + "\"}");
    const auto upsize = R"({"upsizeTagName":"20230523_12h00m00s","upsizeTagCreator":"USER_PIP"})";

    const auto made = bench.post(pool.path + "/tags/upsize", upsize);

    CHECK(made.status == 201);
    CHECK(mask_of(bench, pool, pool.tag) == "0xff");
    CHECK(mask_of(bench, pool, made.id()) == "0xc0");
    const auto all = bench.get(pool.path + "/tags").json();
    for (const auto& tag : all.as_array()) CHECK(tag.at("totSize").as_int64() == 8);
    CHECK(bench.post(pool.path + "/tags/upsize", upsize).code() == "TAG_NAME_EXISTS");
}

TEST_CASE("a tag is exported in every form, page by page", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto tag = bench.post(pool.path + "/tags", tag_body("some", "0x15", pool.tag)).id();
    const auto path = pool.path + "/tags/" + tag + "/export/";
    const auto names = path + "basic/filenames";

    CHECK(bench.get(names).text == "a.jpg\nc.jpg\ne.jpg");
    CHECK(bench.get(names + "?pageSize=2&pageOffset=0").text == "a.jpg\nc.jpg");
    CHECK(bench.get(names + "?pageSize=2&pageOffset=2").text == "e.jpg");
    CHECK(bench.get(names + "?pageSize=2&pageOffset=4").text.empty());
    CHECK(bench.get(names + "?format=JSON").text == R"(["a.jpg","c.jpg","e.jpg"])");

    bench.put(
        ServerBench::target_of(
            bench.get(pool.path + "/samples/" + pool.samples[4] + "/writeurls").field("full")),
        "image of e");
    const auto read = [&](const boost::json::value& url) {
        return bench.get(ServerBench::target_of(std::string(url.as_string()))).text;
    };
    CHECK(read(bench.get(path + "basic/filenamesAndReadUrls").json().at(2).at("readUrl")) ==
          "image of e");
    for (const auto* old : {"LabelStudio/tasks", "LabelStudioTasks"}) {
        const auto tasks = bench.get(path + old).json();
        CHECK(tasks.at(2).at("id").as_int64() == 4);
        CHECK(read(tasks.at(2).at("data").at("image")) == "image of e");
        CHECK(tasks.at(0).at("data").at("lightlyFileName").as_string() == "a.jpg");
    }
    for (const auto* old : {"LabelBox/datarows", "LabelBoxDataRows"})
        CHECK(bench.get(path + old).json().at(1).at("externalId").as_string() == "c.jpg");
    CHECK(bench.get(path + "LabelBoxV4/datarows").json().at(1).at("global_key").as_string() ==
          "c.jpg");
    CHECK(bench.get(path + "Sama/tasks?pageSize=1&pageOffset=1")
              .json()
              .at(0)
              .at("data")
              .at("id")
              .as_int64() == 2);
    CHECK(bench.get(path + "Sama/tasks?pageSize=1&pageOffset=3").text == "[]");
}

TEST_CASE("a tag is found by its name, without all others", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    bench.post(pool.path + "/tags", tag_body("some more", "0x15", pool.tag));
    const auto path = "/v1/trommel" + pool.path.substr(3) + "/tags";
    const auto found = bench.get(path + "?name=some%20more").json();
    REQUIRE(found.as_array().size() == 1);
    CHECK(found.at(0).at("bitMaskData").as_string() == "0x15");
    CHECK(bench.get(path + "?name=some").text == "[]");
    CHECK(bench.get(path).text == "[]");
    CHECK(bench.get("/v1/trommel/datasets/0123456789abcdef01234567/tags?name=x").status == 404);
}

TEST_CASE("tasks are exported with what is known of their samples, if that is asked for",
          "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    bench.put(pool.path + "/samples/" + pool.samples[2], R"({"customMetaData":{"rain":true}})");
    const auto tag = bench.post(pool.path + "/tags", tag_body("some", "0x15", pool.tag)).id();
    const auto path = pool.path + "/tags/" + tag + "/export/";
    for (const auto* kind : {"LabelStudio/tasks", "Sama/tasks"}) {
        const auto tasks = bench.get(path + kind + "?includeMetaData=True").json().as_array();
        REQUIRE(tasks.size() == 3);
        CHECK(tasks[1].at("data").at("lightlyMetaInfo") ==
              bench.get(pool.path + "/samples/" + pool.samples[2]).json());
        CHECK(tasks[2].at("data").at("lightlyMetaInfo").at("index").as_int64() == 4);
        const auto page =
            bench.get(path + kind + "?includeMetaData=true&pageSize=1&pageOffset=1").json();
        CHECK(page.as_array().size() == 1);
        CHECK(page.at(0).at("data").at("lightlyMetaInfo").at("customMetaData") ==
              boost::json::parse(R"({"rain":true})"));
        CHECK(bench.get(path + kind + "?includeMetaData=true&pageOffset=3").text == "[]");
        CHECK(!bench.get(path + kind)
                   .json()
                   .at(1)
                   .at("data")
                   .as_object()
                   .contains("lightlyMetaInfo"));
    }
}

TEST_CASE("tasks of samples that lie far apart are exported with all that is known of them",
          "[server]") {
    ServerBench bench;
    const auto dataset = bench.wait(bench.platform().create_dataset("far apart"));
    std::vector<std::string> names;
    for (int i = 0; i < 5000; ++i) names.push_back(std::to_string(i));
    bench.wait(bench.platform().add_samples(dataset, names));
    bench.wait(bench.platform().create_initial_tag(dataset));
    BitMask mask;
    for (const SampleIndex sample : {0, 999, 1000, 1500, 4999}) mask.insert(sample);
    NewTag some{.name = "some", .mask = mask, .previous = {}};
    const auto tag = bench.wait(bench.platform().create_tag(dataset, some));
    const auto path = "/v1/datasets/" + dataset.text();
    for (const auto* name : {"1000", "4999"})
        bench.post(path + "/samples",
                   std::string(R"({"customMetaData":{},"fileName":")") + name + "\"}");

    const auto tasks =
        bench.get(path + "/tags/" + tag.text() + "/export/Sama/tasks?includeMetaData=true")
            .json()
            .as_array();
    REQUIRE(tasks.size() == 5);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const auto& info = tasks[i].at("data").at("lightlyMetaInfo").as_object();
        CHECK(info.at("index") == tasks[i].at("data").at("id"));
        CHECK(info.contains("customMetaData") == (i == 2 || i == 4));
    }
}

}  // namespace trommel::test
