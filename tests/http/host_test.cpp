#include "http/host.hpp"

#include <catch2/catch.hpp>

namespace trommel::http {

TEST_CASE("a Host is a name or an address, and perhaps a port", "[http]") {
    for (const auto* host : {"",
                             "a",
                             "a:",
                             "a:80",
                             "a.b-c_d~:65535",
                             "127.0.0.1:8765",
                             "[::1]",
                             "[::1]:80",
                             "a%20b",
                             "x!$&'()*+;="})
        CHECK(is_host(host));
    for (const auto* host : {"a:b",
                             "a:99999",
                             "a:80:80",
                             "a:-1",
                             "[::1",
                             "::1]",
                             "::1",
                             "[zz]",
                             "[]",
                             "a,b",
                             "[::1]x",
                             "%zz",
                             "%2",
                             "a b",
                             "a/b",
                             "u@h",
                             "a\tb",
                             "\xE9"})
        CHECK_FALSE(is_host(host));
}

}  // namespace trommel::http
