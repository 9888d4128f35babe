// The description of the API is complete: no route is missing, no reference leads nowhere.
#include "server/resources/resources.hpp"
#include "server/server_bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace trommel::test {

namespace {

/// All values of `$ref` below a value.
void collect_references(const boost::json::value& value, std::set<std::string>& found) {
    if (value.is_array())
        for (const auto& each : value.as_array()) collect_references(each, found);
    if (!value.is_object()) return;
    for (const auto& [name, member] : value.as_object()) {
        if (name == "$ref") found.emplace(member.as_string());
        collect_references(member, found);
    }
}

boost::json::value document() {
    ServerBench bench;
    const auto answer = bench.get("/openapi.json");
    REQUIRE(answer.status == 200);
    return answer.json();
}

std::string lower(std::string text) {
    for (auto& c : text) c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

}  // namespace

TEST_CASE("every route is described, and nothing else", "[server]") {
    const auto json = document();
    const auto& paths = json.at("paths").as_object();
    std::size_t described = 0;
    for (const auto& [path, methods] : paths) described += methods.as_object().size();
    const auto routes = server::all_routes();
    CHECK(described == routes.size());
    for (const auto& route : routes) {
        INFO(route.method << " " << route.path);
        const auto& operation = paths.at(route.path).at(lower(route.method)).as_object();
        CHECK(operation.at("operationId").as_string() == route.id);
        CHECK(operation.contains("requestBody") == route.request.has_value());
        CHECK(operation.at("responses").as_object().contains(std::to_string(route.reply.status)));
        const auto braces = std::count(route.path.begin(), route.path.end(), '{');
        CHECK(operation.at("parameters").as_array().size() ==
              static_cast<std::size_t>(braces) + route.query.size());
    }
}

TEST_CASE("every reference leads to a schema, and every schema is used", "[server]") {
    const auto json = document();
    std::set<std::string> found;
    collect_references(json, found);
    std::set<std::string> there;
    for (const auto& [name, ignored] : json.at("components").at("schemas").as_object())
        there.insert("#/components/schemas/" + std::string(name));
    // The upload of scores is read as it comes in, so its route names no schema.
    found.insert("#/components/schemas/ActiveLearningScoreCreateRequest");
    CHECK(found == there);
    CHECK(json.at("openapi").as_string() == "3.0.3");
}

TEST_CASE("creates answer 201 and all else 200, as new clients demand", "[server]") {
    for (const auto& route : server::all_routes()) {
        INFO(route.method << " " << route.path);
        const bool makes_nothing = route.path.ends_with("/flush") ||
                                   route.path.find("/sampling") != route.path.npos ||
                                   route.path.find("/arithmetics") != route.path.npos;
        if (route.path.ends_with("/trigger2dEmbeddingsJob")) {
            CHECK(route.reply.status == 202);
        } else if (route.path.ends_with("/readurlRedirect")) {
            CHECK(route.reply.status == 302);
        } else {
            CHECK(route.reply.status == (route.method == "POST" && !makes_nothing ? 201 : 200));
        }
    }
}

}  // namespace trommel::test
