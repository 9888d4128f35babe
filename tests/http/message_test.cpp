#include "trommel/http/message.hpp"

#include <catch2/catch.hpp>

namespace trommel::http {

TEST_CASE("header names are compared without regard to case", "[http]") {
    Headers headers{{"Content-Type", "text/plain"}, {"Set-Cookie", "a"}, {"set-cookie", "b"}};

    CHECK(headers.get("content-type") == "text/plain");
    CHECK(headers.get("SET-COOKIE") == "a");
    CHECK(headers.get("accept").empty());
    CHECK_FALSE(headers.has("accept"));

    headers.set("Set-Cookie", "c");
    CHECK(headers.get("set-cookie") == "c");
    CHECK(std::distance(headers.begin(), headers.end()) == 2);
}

}  // namespace trommel::http
