#include "server/routing/router.hpp"

#include "server/resources/resources.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace trommel::server {

namespace {

using Parameters = Router::Parameters;

Route route(const char* method, const char* path) {
    Route made;
    made.method = method;
    made.path = path;
    return made;
}

Router::Match find(const Router& router, const char* method, const char* target) {
    const Target taken(target);
    return router.find(method, taken.segments());
}

}  // namespace

TEST_CASE("a target is taken apart as it was put together", "[server]") {
    const Target target("/v1/datasets/query/name/a%20b%2Fc+d/?x=1&y=a%26b+c&z&=&x=2");
    CHECK(target.segments() ==
          std::vector<std::string>{"v1", "datasets", "query", "name", "a b/c+d"});
    CHECK(target.query("x") == "1");
    CHECK(target.query("y") == "a&b c");
    CHECK(target.query("z") == "");
    CHECK(!target.query("w"));
    CHECK(Target("/").segments().empty());
    CHECK(Target("*").segments().size() == 1);
    CHECK(Target("/a%2").segments().front() == "a%2");
    CHECK(Target("/a%zz").segments().front() == "a%zz");
    CHECK(decoded(encoded("a b/ü?&=%"), true) == "a b/ü?&=%");
}

TEST_CASE("what is written out goes before what is in braces", "[server]") {
    const Router router({route("GET", "/d/{d}/samples/{s}"),
                         route("GET", "/d/{d}/samples/partial"),
                         route("PUT", "/d/{d}/samples/{s}"),
                         route("GET", "/d/{d}/samples/{s}/url")});

    CHECK(find(router, "GET", "/d/1/samples/partial").route->path == "/d/{d}/samples/partial");
    const auto one = find(router, "GET", "/d/1/samples/2/");
    CHECK(one.parameters == Parameters{{"d", "1"}, {"s", "2"}});
    // The word leads nowhere, so it was a parameter after all.
    const auto back = find(router, "GET", "/d/1/samples/partial/url");
    CHECK(back.parameters == Parameters{{"d", "1"}, {"s", "partial"}});

    CHECK(find(router, "GET", "/d/1").methods.empty());
    CHECK(find(router, "GET", "/").methods.empty());
    CHECK(find(router, "GET", "/d/1/samples/2/url/more").methods.empty());
    const auto wrong = find(router, "POST", "/d/1/samples/2");
    CHECK(wrong.route == nullptr);
    CHECK(wrong.methods == std::vector<std::string>{"GET", "PUT"});
}

TEST_CASE("no two routes answer the same call, and every one is complete", "[server]") {
    std::set<std::string> calls;
    std::set<std::string> ids;
    const auto routes = all_routes();
    CHECK(routes.size() > 90);
    for (const auto& each : routes) {
        INFO(each.method << " " << each.path);
        CHECK(calls.insert(each.method + " " + each.path).second);
        CHECK(ids.insert(each.id).second);
        CHECK(!each.summary.empty());
        CHECK(each.answer != nullptr);
        // Who may only look changes nothing; arithmetics of masks is a POST that only looks.
        if (each.method != "GET" && each.role == Role::read)
            CHECK(each.path.ends_with("/arithmetics/bitmask"));
    }
}

}  // namespace trommel::server
