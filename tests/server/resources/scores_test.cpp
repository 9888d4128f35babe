#include "server/server_bench.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

std::string path_of(const Pool& pool) { return pool.path + "/tags/" + pool.tag + "/scores"; }

}  // namespace

TEST_CASE("scores are taken, listed and given back to the last bit", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = path_of(pool);
    const auto body =
        R"({"scoreType":"uncertainty_margin","scores":[0.1,0.30000000000000004,1e-9,NaN,5,-0.5]})";
    const auto made = bench.post(path, body);
    REQUIRE(made.status == 201);
    CHECK(bench.post(path, body).id() == made.id());

    const auto list = bench.get(path).json();
    REQUIRE(list.as_array().size() == 1);
    CHECK(list.at(0).as_object().size() == 4);
    CHECK(list.at(0).at("tagId").as_string() == pool.tag);
    CHECK_THAT(bench.get(path + "/" + made.id()).text,
               Catch::Contains(R"("scores":[0.1,0.30000000000000004,1e-09,0,5,-0.5])"));
    CHECK(bench.get(path + "/" + made.id()).field("scoreType") == "uncertainty_margin");
    CHECK(bench.get(path + "/" + made.id()).json().as_object().size() == 5);
}

TEST_CASE("scores that do not fit the tag are refused", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = path_of(pool);
    CHECK(bench.post(path, R"({"scoreType":"m","scores":[1,2,3]})").status == 422);
    CHECK(bench.post(path, R"({"scoreType":"m","scores":[1,2,3,4,5,6,7]})").status == 422);
    CHECK(bench.post(path, R"({"scoreType":"m x","scores":[1,2,3,4,5,6]})").status == 422);
    CHECK(bench.post(path, R"({"scoreType":"m","scores":[1,2,3,4,5,"6"]})").status == 422);
    CHECK(bench.post(path, "{").status == 400);
    CHECK(bench.get(path).text == "[]");
}

TEST_CASE("an upload that is repeated with its key brings no old scores back", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = path_of(pool);
    const http::Headers key{{"Idempotency-Key", "round 1"}};
    const std::string first = R"({"scoreType":"m","scores":[1,1,1,1,1,1]})";
    bench.call("POST", path, first, key);
    const auto id = bench.post(path, R"({"scoreType":"m","scores":[2,2,2,2,2,2]})").id();
    CHECK(bench.call("POST", path, first, key).status == 201);
    CHECK_THAT(bench.get(path + "/" + id).text, Catch::Contains("[2,2,2,2,2,2]"));
}

}  // namespace trommel::test
