// What the server keeps as it came: metadata, predictions, datasources, workers.
#include "server/server_bench.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

using Names = std::vector<std::string>;

const std::string configuration =
    R"({"name":"weather","configs":[{"name":"City","path":"city","defaultValue":"none",)"
    R"("valueDataType":"CATEGORICAL_STRING"}]})";

const std::string prediction =
    R"([{"type":"CLASSIFICATION","taskName":"weather","categoryId":1,"score":0.5,)"
    R"("probabilities":[0.5,0.5]}])";

}  // namespace

TEST_CASE("what metadata mean is kept with the dataset", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = pool.path + "/configuration/metadata";
    const auto made = bench.post(path, configuration);
    REQUIRE(made.status == 201);
    const auto one = bench.get(path + "/" + made.id()).json();
    CHECK(one.at("configs").at(0).at("path").as_string() == "city");
    CHECK(one.as_object().size() == 5);
    CHECK(bench.get(path).json().as_array().size() == 1);
    CHECK(bench.put(path + "/" + made.id(), R"({"name":"sun","configs":[]})").status == 200);
    CHECK(bench.get(path + "/" + made.id()).field("name") == "sun");
    CHECK(bench.post(path, R"({"name":"x","configs":[{"name":"a"}]})").status == 422);
    bench.reopen();
    CHECK(bench.get(path + "/" + made.id()).field("name") == "sun");
}

TEST_CASE("clients 1.1 make a configuration first and give it to a dataset then", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto made = bench.post("/v1/configuration/metadata", configuration);
    REQUIRE(made.status == 201);
    CHECK(bench.get("/v1/configuration/metadata").json().as_array().size() == 1);
    const auto body = R"({"metaDataConfigurationId":")" + made.id() + "\"}";
    CHECK(bench.put(pool.path + "/setMetaDataConfiguration", body).status == 200);
    CHECK(bench.get(pool.path).field("metaDataConfigurationId") == made.id());
    CHECK(
        bench
            .put(pool.path + "/setMetaDataConfiguration", R"({"metaDataConfigurationId":"nobody"})")
            .status == 404);
}

TEST_CASE("predictions are kept for each sample, task and time", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = pool.path + "/predictions";
    const std::string task =
        R"({"name":"weather","type":"CLASSIFICATION","categories":[{"id":0,"name":"sun"}]})";
    CHECK(bench.post(path + "/tasks?predictionUUIDTimestamp=-1", task).status == 201);
    CHECK(bench.post(path + "/tasks?predictionUUIDTimestamp=7", task).status == 201);
    CHECK(bench.get(path + "/tasks?predictionUUIDTimestamp=7").json().as_array().size() == 1);
    CHECK(bench.get(path + "/tasks/weather").json() == boost::json::parse(task));
    CHECK(
        bench
            .post(
                path + "/tasks",
                R"({"name":"w","type":"CLASSIFICATION","categories":[{"id":0,"name":"a"},{"id":0,"name":"b"}]})")
            .code() == "PREDICTION_TASK_SCHEMA_CATEGORIES_NOT_UNIQUE");

    const auto of_sample = path + "/samples/" + pool.samples[0];
    CHECK(bench.get(of_sample).text == "[]");
    CHECK(bench.post(of_sample + "?predictionUUIDTimestamp=-1", prediction).status == 201);
    CHECK(bench.get(of_sample).json() == boost::json::parse(prediction));
    CHECK(bench.get(of_sample + "?predictionUUIDTimestamp=7").text == "[]");
    CHECK(bench.get(path + "/samples").json().at(0) == boost::json::parse(prediction));
    CHECK(bench.post(of_sample, R"([{"type":"OTHER"}])").status == 422);
    CHECK(bench.post(of_sample, R"({"type":"CLASSIFICATION"})").status == 422);

    const auto scores = path + "/scores?taskName=weather&predictionUUIDTimestamp=7";
    const auto made = bench.post(scores, R"({"scoreType":"m","scores":[1,0.5]})");
    CHECK(made.status == 201);
    CHECK(bench.get(scores).json().at(0).at("scoreType").as_string() == "m");
    CHECK(bench.get(path + "/scores/" + made.id()).json().at("scores") ==
          boost::json::parse("[1,0.5]"));
}

TEST_CASE("datasources and accesses are kept, though nothing reads them", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = pool.path + "/datasource";
    CHECK(bench.put(path, R"({"type":"LOCAL","fullPath":"x","purpose":"INPUT"})").status == 200);
    CHECK(bench.get(path + "?purpose=INPUT").field("type") == "LOCAL");
    CHECK(bench.get(path + "?purpose=LIGHTLY").status == 404);
    CHECK(bench.get(path + "/all").json().as_array().size() == 1);
    const auto verified = bench.get(path + "/verify").json();
    CHECK(verified.at("canRead") == false);
    CHECK(verified.at("errors").at("canRead").as_string().size() > 0);

    const auto access = pool.path + "/collaboration/access";
    const auto made = bench.post(access, R"({"accessType":"WRITE","users":["a@b.ch"]})");
    CHECK(made.status == 201);
    CHECK(bench.get(access).json().at(0).at("users").at(0).as_string() == "a@b.ch");
    CHECK(bench.get(access).json().at(0).at("owner") == "trommel");
    CHECK(bench.get(access).json().at(0).at("teams").as_array().empty());
    // One for each type: a second replaces the first.
    const auto again = bench.post(access, R"({"accessType":"WRITE","users":["c@d.org"]})");
    CHECK(again.id() == made.id());
    CHECK(bench.get(access).json().as_array().size() == 1);
    CHECK(bench.get(access).json().at(0).at("users").at(0).as_string() == "c@d.org");
    CHECK(bench.remove(access + "/" + made.id()).status == 200);
    CHECK(bench.get(access).text == "[]");
}

TEST_CASE("workers are set up and scheduled, and never run", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto worker =
        bench.post("/v1/docker/worker", R"({"name":"w","workerType":"FULL","labels":[]})");
    CHECK(worker.status == 201);
    const auto workers = bench.get("/v1/docker/worker").json().as_array();
    REQUIRE(workers.size() == 1);
    // The fields that clients since 1.2.13 cannot do without.
    CHECK(workers[0].at("name") == "w");
    CHECK(workers[0].at("workerType") == "FULL");
    CHECK(workers[0].at("state") == "OFFLINE");
    CHECK(workers[0].at("labels").as_array().empty());
    CHECK(bench.post("/v1/docker/worker", R"({"name":"w"})").status == 422);
    CHECK(bench.remove("/v1/docker/worker/" + worker.id()).status == 200);
    CHECK(bench.get("/v1/docker/worker").text == "[]");
    std::string config;
    for (const auto* version : {"", "/v2", "/v3", "/vX"}) {
        const auto made = bench.post(std::string("/v1/docker/worker/config") + version,
                                     R"({"config":{"workerType":"FULL"},"creator":"USER_PIP"})");
        CHECK(made.status == 201);
        CHECK(bench.get("/v1/docker/worker/config/" + made.id())
                  .json()
                  .at("config")
                  .at("workerType")
                  .as_string() == "FULL");
        config = made.id();
    }
    const auto schedule = pool.path + "/docker/worker/schedule";
    const auto scheduled = [&](const std::string& id) {
        return bench.post(schedule, R"({"configId":")" + id + R"(","priority":"MID","runsOn":[]})");
    };
    CHECK(scheduled("../../etc/passwd").status == 404);
    CHECK(scheduled(config).status == 201);
    CHECK(bench.post(schedule, R"({"configId":"x","priority":"SOON"})").status == 422);
    const auto schedules = bench.get(schedule + "?state=OPEN").json().as_array();
    REQUIRE(schedules.size() == 1);
    CHECK(schedules[0].at("datasetId").as_string() == pool.path.substr(pool.path.rfind('/') + 1));
    CHECK(schedules[0].at("priority") == "MID");
    CHECK(schedules[0].at("state") == "OPEN");
    CHECK(schedules[0].at("runsOn").as_array().empty());
    CHECK(bench.get("/v1/docker/runs").text == "[]");
    CHECK(bench.get("/v1/docker/runs/schedule/0123456789abcdef01234567").status == 404);
    CHECK(bench
              .post("/v1/datasets/nobody/docker/worker/schedule",
                    R"({"configId":")" + config + R"(","priority":"MID"})")
              .code() == "DATASET_UNKNOWN");
}

}  // namespace trommel::test
