#include "server/server_bench.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

std::string body(const std::string& name, const std::string& more) {
    return R"({"newTagName":")" + name + "\"," + more + "}";
}

std::string stop(const std::string& samples) {
    return R"("config":{"stoppingCondition":{"nSamples":)" + samples + R"(,"minDistance":-1}})";
}

/// The mask of the tag that this sampling makes.
std::string chosen(ServerBench& bench, const Pool& pool, const std::string& body) {
    const auto started = bench.post(pool.sampling(), body);
    INFO(started.text);
    REQUIRE(started.status == 200);
    const auto job = ended(bench, started.field("jobId"));
    INFO(job.text);
    REQUIRE(job.field("status") == "FINISHED");
    const auto tag = std::string(job.json().at("result").at("data").as_string());
    return bench.get(pool.path + "/tags/" + tag).field("bitMaskData");
}

std::string tag_with(ServerBench& bench, const Pool& pool, const std::string& mask) {
    return bench
        .post(pool.path + "/tags",
              R"({"name":"before )" + mask + R"(","bitMaskData":")" + mask + R"(","prevTagId":")" +
                  pool.tag + R"(","totSize":6})")
        .id();
}

const http::Headers old_client{{"User-Agent", "Swagger-Codegen/1.0.0/python"}};

}  // namespace

TEST_CASE("a sampling is a job, and its result a tag", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto started = bench.post(
        pool.sampling(), body("chosen", R"("method":"CORESET","rowCount":6,)" + stop("3")));
    REQUIRE(started.status == 200);
    CHECK(started.json().as_object().size() == 1);

    const auto job = ended(bench, started.field("jobId"));

    const auto status = job.json();
    CHECK(status.at("waitTimeTillNextPoll").as_int64() >= 1);
    CHECK(status.at("result").at("type").as_string() == "SAMPLING");
    CHECK(status.at("meta") == boost::json::parse(R"({"total":3,"processed":3})"));
    CHECK(status.at("finishedAt").as_int64() >= status.at("createdAt").as_int64());
    CHECK(status.at("lastModifiedAt") == status.at("finishedAt"));
    CHECK(status.as_object().size() == 9);
    CHECK(std::stol(std::string(job.headers.get("Trommel-Poll-After"))) > 0);
    const auto tag =
        bench.get(pool.path + "/tags/" + std::string(status.at("result").at("data").as_string()))
            .json();
    CHECK(tag.at("name").as_string() == "chosen");
    CHECK(tag.at("prevTagId").as_string() == pool.tag);
    CHECK(tag.at("queryTagId").as_string() == pool.tag);
    const auto jobs = bench.get("/v1/jobs").json();
    CHECK(jobs.at(0).at("jobId").as_string() == started.field("jobId"));
    CHECK(jobs.at(0).at("status").as_string() == "FINISHED");
    CHECK(jobs.at(0).at("finishedAt") == status.at("finishedAt"));
}

TEST_CASE("the preselected samples count and are part of the result", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto before = tag_with(bench, pool, "0x3");
    // a and b lie at 0 and 1; the farthest from both is f.
    CHECK(chosen(bench,
                 pool,
                 body("more",
                      R"("method":"CORESET","preselectedTagId":")" + before + "\"," + stop("3"))) ==
          "0x23");
}

TEST_CASE("nSamples is a number, a share, or no bound", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    CHECK(chosen(bench, pool, body("half", R"("method":"CORESET",)" + stop("0.5"))).size() == 4);
    CHECK(chosen(bench, pool, body("all", R"("method":"RANDOM",)" + stop("-1"))) == "0x3f");
    CHECK(chosen(bench, pool, body("all of them", R"("method":"RANDOM")")) == "0x3f");
    CHECK(chosen(bench, pool, body("none", R"("method":"RANDOM",)" + stop("0"))) == "0x0");
    CHECK(chosen(bench,
                 pool,
                 body("far",
                      R"("method":"CORESET","config":{"stoppingCondition":{"nSamples":6,)"
                      R"("minDistance":5}})"))
              .size() <= 4);
}

TEST_CASE("selections by scores take those of the query tag", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto request = R"("method":"ACTIVE_LEARNING",)" + stop("2");
    const auto lacking = bench.post(pool.sampling(), body("early", request));
    CHECK(lacking.status == 404);
    CHECK(lacking.code() == "TAG_NO_SCORES_AVAILABLE");
    const auto scores = pool.path + "/tags/" + pool.tag + "/scores";
    bench.post(scores, R"({"scoreType":"first","scores":[6,5,0,0,0,0]})");
    bench.post(scores, R"({"scoreType":"second","scores":[0,0,0,0,8,9]})");

    CHECK(chosen(bench, pool, body("newest", request)) == "0x30");
    CHECK(chosen(bench, pool, body("named", request + R"(,"scoreType":"first")")) == "0x3");
}

TEST_CASE("clients up to 1.1.6 score what is unlabeled, at the preselected tag", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto before = tag_with(bench, pool, "0x9");  // a and d
    const auto scores = pool.path + "/tags/" + before + "/scores";
    const std::string upload = R"({"scoreType":"prediction-margin","scores":[0.1,0.9,0.2,0.8]})";
    CHECK(bench.post(scores, upload).status == 422);  // not from a client that knows better
    const auto made = bench.call("POST", scores, upload, old_client);
    REQUIRE(made.status == 201);
    CHECK_THAT(bench.get(scores + "/" + made.id()).text, Catch::Contains("[0.1,0.9,0.2,0.8]"));
    CHECK(bench.get(scores).json().as_array().size() == 1);

    const auto request =
        body("chosen",
             R"("method":"ACTIVE_LEARNING","preselectedTagId":")" + before + "\"," + stop("4"));
    const auto started = bench.call("POST", pool.sampling(), request, old_client);
    REQUIRE(started.status == 200);
    const auto job = ended(bench, started.field("jobId"));

    // b, c, e, f are unlabeled; c and f have the highest scores.
    CHECK(
        bench
            .get(pool.path + "/tags/" + std::string(job.json().at("result").at("data").as_string()))
            .field("bitMaskData") == "0x2d");
}

TEST_CASE("a sampling that cannot be is refused by its own code", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto refused = [&](const std::string& more) {
        return bench.post(pool.sampling(), body("chosen", more));
    };
    CHECK(refused(R"("method":"BEST")").status == 422);
    CHECK(refused(R"("method":"CORESET","config":{"stoppingCondition":{"nSamples":"3"}})").status ==
          422);
    CHECK(refused(R"("method":"CORESET","rowCount":5)").code() == "EMBEDDING_ROW_COUNT_INVALID");
    const std::string nobody = "\"0123456789abcdef01234567\"";
    CHECK(refused(R"("method":"CORESET","queryTagId":)" + nobody).code() ==
          "TAG_QUERYTAG_NOT_IN_DATASET");
    CHECK(refused(R"("method":"CORESET","preselectedTagId":)" + nobody).code() ==
          "TAG_PRESELECTEDTAG_NOT_IN_DATASET");
    CHECK(bench.post(pool.sampling(), body("initial-tag", R"("method":"CORESET")")).code() ==
          "TAG_NAME_EXISTS");
    CHECK(bench.post(pool.sampling(), body("x", R"("method":"CORESET")")).status == 422);
    const auto announced = bench.get(pool.path + "/embeddings/writeCSVUrl?name=later");
    CHECK(bench
              .post(pool.path + "/embeddings/" + announced.field("embeddingId") + "/sampling",
                    body("chosen", R"("method":"CORESET")"))
              .code() == "EMBEDDING_NOT_READY");
}

TEST_CASE("trommel's own client asks for all there is, and reads the picks", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    bench.post(pool.path + "/tags/" + pool.tag + "/scores",
               R"({"scoreType":"m","scores":[0.1,0.25,1,1,1,1]})");
    const auto path = "/v1/trommel" + pool.path.substr(3) + "/samplings";
    const http::Headers key{{"Idempotency-Key", "k"}};
    const auto request =
        R"({"newTagName":"mine","method":"ACTIVE_LEARNING","nSamples":3,"scoreType":"m","seed":18446744073709551615,"round":2})";
    const auto first = bench.call("POST", path, request, key);
    REQUIRE(first.status == 200);
    const auto job = first.field("jobId");
    CHECK(bench.call("POST", path, request, key).field("jobId") == job);
    CHECK(bench.call("POST", path, R"({"newTagName":"mine","method":"RANDOM"})", key).status ==
          422);
    CHECK(bench.post(path, R"({"newTagName":"odd","method":"RANDOM","round":-1})").status == 422);
    CHECK(bench.post(path, R"({"newTagName":"odd","method":"RANDOM","nSamples":0.5})").status ==
          422);
    ended(bench, job);
    CHECK(bench.post(path, R"({"newTagName":"odd"})").status == 422);
    CHECK(
        bench.post(path, R"({"newTagName":"odd","method":"RANDOM","strategy":"random"})").status ==
        422);
    for (const auto* odd : {R"("goals":"diversity")",
                            R"("goals":[1])",
                            R"("thresholds":[null])",
                            R"("thresholds":["margin"])",
                            R"("proportion":"half")",
                            R"("proportion":0)"})
        CHECK(
            bench
                .post(path, R"({"newTagName":"odd","strategy":"coreset",)" + std::string(odd) + "}")
                .status == 422);
    CHECK(bench.post(path, R"({"newTagName":"odd","strategy":"coreset","settings":{"first":[1]}})")
              .status == 422);

    const auto state = bench.get("/v1/trommel/jobs/" + job).json();
    CHECK(state.at("ending").as_string() == "wanted");
    CHECK(state.at("state").as_string() == "FINISHED");
    CHECK(state.at("picks").as_int64() == 3);
    CHECK(bench.get("/v1/trommel/jobs/" + job + "/picks").text ==
          R"([{"fileName":"c.jpg","sample":2,"score":1},{"fileName":"d.jpg","sample":3,"score":1},)"
          R"({"fileName":"e.jpg","sample":4,"score":1}])");
    CHECK(bench.remove("/v1/trommel/jobs/" + job).status == 200);
    CHECK(bench.get("/v1/jobs/" + job).field("status") == "FINISHED");
}

TEST_CASE("a strategy is told its settings as numbers or words", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = "/v1/trommel" + pool.path.substr(3) + "/samplings";
    const http::Headers key{{"Idempotency-Key", "k"}};
    const auto as_number =
        R"({"newTagName":"mine","strategy":"typiclust","nSamples":3,"settings":{"neighbors":2}})";
    const auto as_text =
        R"({"newTagName":"mine","strategy":"typiclust","nSamples":3,"settings":{"neighbors":"2"}})";

    const auto job = bench.call("POST", path, as_number, key).field("jobId");

    CHECK(bench.call("POST", path, as_text, key).field("jobId") == job);
    ended(bench, job);
    CHECK(bench.get("/v1/trommel/jobs/" + job + "/picks").json().as_array().size() == 3);
    CHECK(bench.post(path, R"({"newTagName":"other","strategy":"nearly"})").status == 422);

    const auto refused = [&](const std::string& what, const std::string& why) {
        const auto answer =
            bench.post(path, R"({"newTagName":"other","strategy":"combined",)" + what + "}");
        CHECK(answer.status == 422);
        CHECK_THAT(answer.field("error"), Catch::Contains(why));
    };
    refused(R"("thresholds":["blur=3"])", "write SCORE>=NUMBER or SCORE<=NUMBER");
    refused(R"("goals":["diversty"])", "no goal 'diversty'; did you mean 'diversity'?");
}

TEST_CASE("a job goes on after a restart, and can be cancelled", "[server]") {
    ServerBench bench;
    const auto path = "/v1/trommel/datasets/";
    const auto dataset = bench.post("/v1/datasets", R"({"name":"large"})").id();
    std::string names;
    for (int i = 0; i < 20'000; ++i) names += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\"";
    bench.post(path + dataset + "/samples", "{\"fileNames\":[" + names + "]}");
    bench.post("/v1/datasets/" + dataset + "/tags/initial", R"({"imgType":"full"})");
    auto rows = std::make_shared<Matrix>(20'000, 64);
    for (std::size_t i = 0; i < 20'000; ++i) rows->row(i)[i % 64] = static_cast<float>(i);
    bench.wait(bench.platform().upload_embeddings(DatasetId(dataset), "rows", rows));
    const auto job =
        bench.post(path + dataset + "/samplings", R"({"newTagName":"most","method":"CORESET"})")
            .field("jobId");

    bench.reopen();
    CHECK(bench.get("/v1/jobs/" + job).field("status") != "FAILED");
    CHECK(bench.remove("/v1/trommel/jobs/" + job).status == 200);

    const auto status = ended(bench, job);
    CHECK(status.field("status") == "FAILED");
    CHECK(status.field("error") == "cancelled on request");
    CHECK(!status.json().as_object().contains("result"));

    // With its dataset a job goes too, and those of others do not wait for it.
    const auto next =
        bench.post(path + dataset + "/samplings", R"({"newTagName":"more","method":"CORESET"})")
            .field("jobId");
    CHECK(bench.remove("/v1/datasets/" + dataset).status == 200);
    CHECK(bench.get("/v1/jobs/" + next).status == 404);
    const Pool pool(bench);
    CHECK(chosen(bench, pool, body("three", R"("method":"CORESET",)" + stop("3"))).size() == 4);
}

}  // namespace trommel::test
