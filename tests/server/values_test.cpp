// Numbers, names and texts that are at the edge of what there is, or beyond.

#include "server/resources/resources.hpp"
#include "server/routing/disk_paths.hpp"
#include "server/server_bench.hpp"
#include "server/wire/numbers.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <catch2/catch.hpp>

namespace trommel::server {

namespace {

using Catch::Contains;
using test::Pool;
using test::ServerBench;

constexpr const char* beyond[] = {"9223372036854775808",
                                  "18446744073709551615",
                                  "18446744073709551616",
                                  "1e300",
                                  "-9223372036854775809",
                                  "99999999999999999999999999"};

}  // namespace

TEST_CASE("a whole number of the wire is one of 64 bits or none", "[server]") {
    CHECK(parse_whole("0") == 0);
    CHECK(parse_whole("-9223372036854775808") == min_whole);
    CHECK(parse_whole("9223372036854775807") == max_whole);
    for (const auto* text : {"", " 1", "1 ", "+1", "0x1", "1.0", "1e3", "9223372036854775808", "a"})
        CHECK_FALSE(parse_whole(text));
    CHECK_FALSE(parse_whole("5", 6));
    CHECK(whole_in(boost::json::parse("9223372036854775807")) == max_whole);
    for (const auto* text : {"9223372036854775808", "1.5", "\"1\"", "null", "true", "[]"})
        CHECK_FALSE(whole_in(boost::json::parse(text)));
    CHECK(natural_in(boost::json::parse("18446744073709551615")) == ~std::uint64_t{0});
    CHECK_FALSE(natural_in(boost::json::parse("-1")));
}

TEST_CASE("no number that comes in is an error of the server", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto refused = [](unsigned status) { return status == 400 || status == 422; };
    for (const std::string number : beyond) {
        INFO(number);
        CHECK(refused(bench
                          .put(pool.path + "/datasource/processedUntilTimestamp",
                               R"({"processedUntilTimestamp":)" + number + "}")
                          .status));
        CHECK(refused(bench
                          .post(pool.path + "/predictions/tasks",
                                R"({"name":"t","type":"CLASSIFICATION","categories":[{"id":)" +
                                    number + R"(,"name":"a"}]})")
                          .status));
        CHECK(refused(
            bench
                .post(pool.path + "/predictions/samples/" + pool.samples[0],
                      R"([{"type":"CLASSIFICATION","taskName":"t","score":1,"categoryId":)" +
                          number + "}]")
                .status));
        CHECK(refused(bench.get("/v1/datasets?pageSize=" + number).status));
        CHECK(refused(bench.get(pool.path + "/samples?pageOffset=" + number).status));
        CHECK(refused(
            bench.get(pool.path + "/predictions/tasks?predictionUUIDTimestamp=" + number).status));
        for (const auto* member : {"round", "nSamples"})
            CHECK(refused(bench
                              .post("/v1/trommel" + pool.path.substr(3) + "/samplings",
                                    R"({"newTagName":"new","method":"RANDOM","queryTagId":")" +
                                        pool.tag + "\",\"" + member + "\":" + number + "}")
                              .status));
    }
    // A page that begins and ends beyond the list.
    const auto most = bench.get(
        pool.path + "/mappings?pageSize=9223372036854775807&pageOffset=9223372036854775807");
    CHECK(most.text == "[]");
    CHECK(bench
              .put(pool.path + "/datasource/processedUntilTimestamp",
                   R"({"processedUntilTimestamp":9223372036854775807})")
              .status == 200);
    CHECK(bench.get(pool.path).json().at("datasourceProcessedUntilTimestamp") == max_whole);
}

TEST_CASE("every number of a query has a bound, whichever route", "[server]") {
    ServerBench bench;
    for (const auto& route : all_routes())
        for (const auto& parameter : route.query) {
            const auto* type = parameter.schema.if_contains("type");
            if (type == nullptr || *type != "integer" || route.is_signed) continue;
            for (const auto* value : beyond) {
                INFO(route.path << " " << parameter.name << "=" << value);
                CHECK(bench.call(route.method, route.path + "?" + parameter.name + "=" + value)
                          .status == 422);
            }
        }
}

TEST_CASE("names of every kind are one line of at most a kilobyte", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto with = [](std::string body, const std::string& name) {
        return body.replace(body.find('@'), 1, name);
    };
    const std::pair<std::string, std::string> calls[] = {
        {"/v1/datasets", R"({"name":"@"})"},
        {pool.path + "/samples", R"({"fileName":"@"})"},
        {pool.path + "/samples", R"({"fileName":"x","thumbName":"@"})"},
        {"/v1/trommel" + pool.path.substr(3) + "/samples", R"({"fileNames":["@"]})"},
        {pool.path + "/tags",
         R"({"name":"@","prevTagId":")" + pool.tag + R"(","bitMaskData":"0x1"})"},
        {pool.path + "/tags/upsize", R"({"upsizeTagName":"@"})"},
        {pool.path + "/tags/" + pool.tag + "/scores",
         R"({"scoreType":"@","scores":[1,2,3,4,5,6]})"},
        {pool.path + "/predictions/tasks",
         R"({"name":"@","type":"CLASSIFICATION","categories":[]})"},
        {pool.path + "/predictions/scores?taskName=t", R"({"scoreType":"@","scores":[]})"},
        {"/v1/configuration/metadata", R"({"name":"@","configs":[]})"},
        {"/v1/docker/worker", R"({"name":"@","workerType":"FULL"})"},
        {"/v1/trommel/tokens", R"({"name":"@","role":"admin"})"},
    };
    for (const auto& [path, body] : calls)
        for (const std::string name : {R"(a\nb)",
                                       R"(a\rb)",
                                       R"(\u0000abc)",
                                       R"(\u001b[2J)",
                                       R"(a\u2028b)",
                                       "abc\xff",
                                       "\xc3",
                                       ""}) {
            INFO(path << " " << name);
            const auto status = bench.post(path, with(body, name)).status;
            CHECK((status == 422 || status == 400 ||
                   (name.empty() && body.find("thumbName") != std::string::npos)));
        }
    for (const auto& [path, body] : calls) {
        INFO(path);
        const auto answer = bench.post(path, with(body, std::string(1'000'000, 'x')));
        CHECK(answer.status >= 400);
        CHECK(answer.status < 500);
        CHECK(answer.text.size() < 1000);
    }
    CHECK(bench.get(pool.path + "/embeddings/writeCSVUrl?name=a%0Ab").status == 422);
    CHECK(bench.get(pool.path + "/embeddings/writeCSVUrl?name=" + std::string(2000, 'x')).status ==
          422);
}

TEST_CASE("whatever a path holds, the refusal is JSON", "[server]") {
    ServerBench bench;
    for (const auto* path : {"/v1/%ff",
                             "/v1/datasets/%ff%fe",
                             "/v1/datasets/%00",
                             "/%c3/x",
                             "/v1/datasets/%e2%96/tags",
                             "/v1/trommel/tags/%80",
                             "/v1/datasets/a%0d%0ab",
                             "/v1/jobs/%ff",
                             "/v1/\xff"}) {
        INFO(path);
        const auto answer = bench.get(path);
        CHECK(answer.status == 404);
        CHECK_NOTHROW(boost::json::parse(answer.text));
    }
    CHECK_NOTHROW(bench.get("/v1/versions/pip/latest?currentVersion=%ff").json());
}

TEST_CASE("no answer has a path of the server's disk", "[server]") {
    const std::string folder = "/var/lib/trommel/server";
    const DiskPaths paths(folder);
    CHECK(paths.removed_from("/var/lib/trommel/server/platform.db: database is full") ==
          "platform.db: database is full");
    CHECK(paths.removed_from("cannot write '/var/lib/trommel/x'") == "cannot write 'x'");
    CHECK(paths.removed_from("sample 'a/var/lib/trommel/x' is unknown") ==
          "sample 'a/var/lib/trommel/x' is unknown");
    CHECK(DiskPaths("server").removed_from("server/platform.db: locked") == "platform.db: locked");
}

TEST_CASE("a name with a line end, as old datasets may have, adds no line to an export",
          "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const std::vector<std::string> old{"x\ny.jpg"};
    store::open_sqlite(bench.database())->add_samples(DatasetId(pool.dataset), old);
    bench.reopen();
    CHECK(bench.post(pool.path + "/tags/upsize", R"({"upsizeTagName":"more"})").status == 201);
    const auto names = pool.path + "/tags/" + pool.tag + "/export/basic/filenames";
    const auto refused = bench.get(names);
    CHECK(refused.status == 422);
    CHECK_THAT(refused.text, Contains("format=JSON"));
    CHECK(bench.get(names + "?format=JSON").json().as_array().size() == 7);
    CHECK(bench.get(names + "?pageSize=6").status == 200);
    CHECK(bench.get(pool.path + "/mappings").json().at(6) == "x\ny.jpg");
}

}  // namespace trommel::server
