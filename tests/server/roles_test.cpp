// Who may call what, and who sees what: every route of the table, whichever there are.
#include "server/access/teams.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/services.hpp"
#include "server/server_bench.hpp"
#include "server/wire/models.hpp"
#include "trommel/core/digest.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <set>
#include <thread>

namespace trommel::server {

namespace {

using test::Answer;
using test::Pool;
using test::ServerBench;

const std::string boss = "the-boss-of-the-tests";
const std::string nobody = "0123456789abcdef01234567";

using Ids = std::map<std::string, std::string>;

/// The path of a route with these ids in place of its parameters, of others one that nothing has.
std::string filled(std::string path, const Ids& ids) {
    for (auto begin = path.find('{'); begin != std::string::npos; begin = path.find('{')) {
        const auto end = path.find('}', begin);
        const auto known = ids.find(path.substr(begin + 1, end - begin - 1));
        path.replace(begin, end - begin + 1, known == ids.end() ? nobody : known->second);
    }
    return path;
}

boost::json::value example(const schema::Schema& schema);

boost::json::object example_object(const schema::Schema& schema) {
    boost::json::object body;
    if (!schema.contains("required")) return body;
    for (const auto& name : schema.at("required").as_array())
        body[name.as_string()] = example(schema.at("properties").at(name.as_string()).as_object());
    return body;
}

/// The smallest value that fits.
boost::json::value example(const schema::Schema& schema) {
    if (const auto* other = schema.if_contains("$ref")) return example(model(other->as_string()));
    if (const auto* words = schema.if_contains("enum")) return words->at(0);
    if (!schema.contains("type")) return 1;
    const auto& type = schema.at("type").as_string();
    if (type == "string") return "abc";
    if (type == "integer" || type == "number") return 1;
    if (type == "boolean") return true;
    if (type == "array") return boost::json::array();
    return example_object(schema);
}

Answer call(ServerBench& bench, const Route& route, const Ids& ids, http::Headers headers) {
    std::string body;
    if (route.request) body = boost::json::serialize(example(*route.request));
    if (route.streams_json) body = R"({"scoreType":"m","scores":[]})";
    return bench.call(route.method, filled(route.path, ids), body, std::move(headers));
}

http::Headers by(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

std::string token_of(ServerBench& bench, const std::string& role, const std::string& team = {}) {
    const auto body = boost::json::serialize(
        boost::json::object{{"name", role + team}, {"role", role}, {"team", team}});
    const auto made = bench.call("POST", "/v1/trommel/tokens", body, by(boss));
    REQUIRE(made.status == 201);
    return made.field("token");
}

ServerOptions guarded() {
    ServerOptions options;
    options.tokens.push_back({.name = "boss", .sha256 = sha256(boss), .role = "admin"});
    return options;
}

/// What a team has: a pool with scores, a job, and a configuration that belongs to no dataset.
struct TeamPool {
    TeamPool(ServerBench& bench, const std::string& token) {
        bench.as(token);
        const Pool pool(bench);
        bench.post(pool.path + "/tags/" + pool.tag + "/scores",
                   R"({"scoreType":"m","scores":[1,2,3,4,5,6]})");
        const auto job = bench.post(pool.sampling(), R"({"newTagName":"chosen","method":"CORESET",
            "config":{"stoppingCondition":{"nSamples":2}}})");
        REQUIRE(job.status == 200);
        test::ended(bench, job.field("jobId"));
        const auto config =
            bench.post("/v1/configuration/metadata", R"({"name":"config","configs":[]})");
        const auto worker =
            bench.post("/v1/docker/worker/config", R"({"config":{"workerType":"FULL"}})");
        ids = {{"datasetId", pool.dataset},
               {"sampleId", pool.samples[0]},
               {"tagId", pool.tag},
               {"embeddingId", pool.embedding},
               {"jobId", job.field("jobId")},
               {"configId", worker.id()},
               {"configurationId", config.id()},
               {"datasetName", "pool"},
               {"kind", "full"}};
        bench.as({});
    }

    Ids ids{};
};

std::string without_ids(std::string text, const Ids& ids) {
    for (const auto& [name, id] : ids) {
        if (id.size() != nobody.size()) continue;
        for (auto at = text.find(id); at != std::string::npos; at = text.find(id))
            text.replace(at, id.size(), nobody);
    }
    return text;
}

}  // namespace

TEST_CASE("every route lets in those of its role and above, and no others", "[server]") {
    ServerBench bench(guarded());
    const auto reader = token_of(bench, "read");
    const auto writer = token_of(bench, "write");
    const std::map<Role, std::string> tokens{
        {Role::read, reader}, {Role::write, writer}, {Role::admin, boss}};
    for (const auto& route : all_routes()) {
        INFO(route.method << " " << route.path);
        if (route.is_signed) {
            CHECK(call(bench, route, {}, by(boss)).status == 403);
            continue;
        }
        const auto open = route.role == Role::none;
        CHECK((call(bench, route, {}, {}).status == 401) != open);
        CHECK((call(bench, route, {}, by("nobody-knows-this-one")).status == 401) != open);
        for (const auto& [role, token] : tokens) {
            const auto status = call(bench, route, {}, by(token)).status;
            CHECK((status == 403) == (role < route.role));
            CHECK(status != 401);
            CHECK(status < 500);
        }
    }
}

TEST_CASE("what writes needs more than to read", "[server]") {
    const std::set<std::string> reads{"performTagArithmeticsBitmask"};
    for (const auto& route : all_routes()) {
        INFO(route.method << " " << route.path);
        if (route.method == "GET" || route.is_signed || reads.contains(route.id)) continue;
        CHECK(route.role >= Role::write);
    }
}

TEST_CASE("what is another team's looks as what there is not, by every route", "[server]") {
    ServerBench bench(guarded());
    const TeamPool mine(bench, token_of(bench, "write", "blue"));
    const auto other = token_of(bench, "write", "red");
    const auto teamless = token_of(bench, "write");
    for (const auto& route : all_routes()) {
        const bool is_theirs = route.path.find("{datasetId}") != std::string::npos ||
                               route.path.find("{tagId}") != std::string::npos ||
                               route.path.find("{jobId}") != std::string::npos ||
                               route.path.find("{configId}") != std::string::npos;
        if (!is_theirs || route.is_signed) continue;
        INFO(route.method << " " << route.path);
        const auto unknown = call(bench, route, {}, by(other));
        for (const auto& token : {other, teamless}) {
            const auto hidden = call(bench, route, mine.ids, by(token));
            CHECK(hidden.status == unknown.status);
            CHECK(without_ids(hidden.text, mine.ids) == unknown.text);
        }
        if (route.path.find("/docker/") == std::string::npos) CHECK(unknown.status == 404);
    }
    // It is all still there.
    CHECK(bench.call("GET", "/v1/datasets", {}, by(boss)).json().as_array().size() == 1);
}

TEST_CASE("lists hold what is the caller's team's or nobody's", "[server]") {
    ServerBench bench(guarded());
    const TeamPool mine(bench, token_of(bench, "write", "blue"));
    const auto others = bench.call(
        "POST", "/v1/datasets", R"({"name":"theirs"})", by(token_of(bench, "write", "red")));
    const auto shared = bench.call("POST", "/v1/datasets", R"({"name":"shared"})", by(boss));
    REQUIRE(shared.status == 201);
    const auto seen = [&](const std::string& path, const std::string& token) {
        return bench.call("GET", path, {}, by(token)).json().as_array().size();
    };
    const auto blue = token_of(bench, "read", "blue");
    const auto red = token_of(bench, "read", "red");
    const auto teamless = token_of(bench, "read");
    const auto boss_of_red = token_of(bench, "admin", "red");
    for (const bool is_reopened : {false, true}) {
        if (is_reopened) bench.reopen();
        CHECK(seen("/v1/datasets", blue) == 2);
        CHECK(seen("/v1/datasets", red) == 2);
        CHECK(seen("/v1/datasets", teamless) == 1);
        CHECK(seen("/v1/datasets", boss_of_red) == 3);
        CHECK(seen("/v1/datasets?pageSize=1&pageOffset=1", red) == 1);
        CHECK(seen("/v1/datasets/query/name/pool?exact=true", blue) == 1);
        CHECK(seen("/v1/datasets/query/name/pool?exact=true", red) == 0);
        CHECK(seen("/v1/datasets/query/name/p", red) == 0);
        CHECK(seen("/v1/jobs", blue) == 1);
        CHECK(seen("/v1/jobs", red) == 0);
        CHECK(seen("/v1/configuration/metadata", blue) == 1);
        CHECK(seen("/v1/configuration/metadata", red) == 0);
    }
}

TEST_CASE("a crash while a team's dataset is made leaves none that all see", "[server]") {
    ServerBench bench(guarded());
    const auto blue = token_of(bench, "write", "blue");
    const auto red = token_of(bench, "write", "red");
    const auto older = bench.call("POST", "/v1/datasets", R"({"name":"older"})", by(boss));
    const auto begun = [&](const std::string& name) {
        const auto time = now();
        store::open_served_sqlite(bench.database())
            ->put_document({.id = name == "older" ? nobody : std::string(24, 'a'),
                            .kind = begun_kind,
                            .dataset = {},
                            .owner = {},
                            .key = name,
                            .body = "blue",
                            .created_at = time,
                            .changed_at = time});
    };
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    begun("half-made");
    begun("older");
    // The platform has made it, and its team was not kept yet.
    REQUIRE(bench.call("POST", "/v1/datasets", R"({"name":"half-made"})", by(boss)).status == 201);
    bench.reopen();
    const auto seen = [&](const std::string& token) {
        return bench.call("GET", "/v1/datasets", {}, by(token)).json().as_array().size();
    };
    CHECK(seen(red) == 1);
    CHECK(seen(blue) == 2);
    bench.reopen();
    CHECK(seen(red) == 1);
    CHECK(store::open_served_sqlite(bench.database())
              ->documents({.kind = begun_kind, .dataset = {}, .owner = {}})
              .empty());
}

TEST_CASE("a job takes no tag of another team's dataset, and does not tell its name", "[server]") {
    ServerBench bench(guarded());
    const TeamPool mine(bench, token_of(bench, "write", "blue"));
    const auto red = token_of(bench, "write", "red");
    bench.as(red);
    const auto path = "/v1/datasets/" + bench.post("/v1/datasets", R"({"name":"theirs"})").id();
    const auto stolen = mine.ids.at("tagId");
    for (const auto& answer :
         {bench.post("/v1/trommel" + path.substr(3) + "/samplings",
                     R"({"newTagName":"new","method":"RANDOM","nSamples":1,"queryTagId":")" +
                         stolen + "\"}"),
          bench.post(
              path + "/tags/arithmetics/bitmask",
              R"({"operation":"UNION","tagId1":")" + stolen + R"(","tagId2":")" + stolen + "\"}"),
          bench.get(path + "/tags/" + stolen)}) {
        CHECK(answer.status == 404);
        CHECK(answer.text.find("initial-tag") == std::string::npos);
    }
}

TEST_CASE("a signed URL goes with the team of its token", "[server]") {
    ServerBench bench(guarded());
    const TeamPool mine(bench, token_of(bench, "write", "blue"));
    const auto url = bench.call("GET",
                                "/v1/datasets/" + mine.ids.at("datasetId") + "/samples/" +
                                    mine.ids.at("sampleId") + "/writeurls",
                                {},
                                by(boss));
    CHECK(bench.put(ServerBench::target_of(url.field("full")), "image").status == 200);
}

TEST_CASE("each parameter of a path is known to those who decide who sees what", "[server]") {
    // Whoever adds one says in check_visible(), or in known_document(), whose it is.
    const std::set<std::string> known{"datasetId",
                                      "sampleId",
                                      "tagId",
                                      "embeddingId",
                                      "jobId",
                                      "scoreId",
                                      "taskName",
                                      "embedding2dId",
                                      "configurationId",
                                      "accessId",
                                      "workerId",
                                      "configId",
                                      "runId",
                                      "scheduledId",
                                      "tokenId",
                                      "kind",
                                      "datasetName"};
    for (const auto& route : all_routes())
        for (auto begin = route.path.find('{'); begin != std::string::npos;
             begin = route.path.find('{', begin + 1))
            CHECK(known.contains(
                route.path.substr(begin + 1, route.path.find('}', begin) - begin - 1)));
}

}  // namespace trommel::server
