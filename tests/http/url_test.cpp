#include "trommel/http/url.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

namespace trommel::http {

TEST_CASE("a URL is taken apart", "[http]") {
    const auto url = parse_url("https://api.lightly.ai/v1/datasets?shared=true#top");
    CHECK(url.tls);
    CHECK(url.host == "api.lightly.ai");
    CHECK(url.port == 443);
    CHECK(url.target == "/v1/datasets?shared=true");
    CHECK(url.origin() == "https://api.lightly.ai");

    CHECK(parse_url("http://localhost").target == "/");
    CHECK(parse_url("http://localhost?a=b").target == "/?a=b");
    CHECK(parse_url("http://127.0.0.1:8080/a").origin() == "http://127.0.0.1:8080");
    CHECK(parse_url("http://h:80").authority() == "h");
    CHECK(parse_url("https://h:80").authority() == "h:80");
    CHECK(parse_url("http://[::1]:81/a").host == "::1");
    CHECK(parse_url("http://[::1]:81/a").authority() == "[::1]:81");
}

TEST_CASE("what is not a URL is refused with the reason, and never shown whole", "[http]") {
    CHECK_THROWS_WITH(parse_url("ftp://a"), Catch::Contains("neither http:// nor https://"));
    CHECK_THROWS_WITH(parse_url(""), Catch::Contains("neither"));
    CHECK_THROWS_WITH(parse_url("http://"), Catch::Contains("'' is not a host"));
    CHECK_THROWS_WITH(parse_url("http://a b/"), Catch::Contains("a space"));
    CHECK_THROWS_WITH(parse_url("http://a/\r\nX: y"), Catch::Contains("a space"));
    CHECK_THROWS_WITH(parse_url("http://user:pass@host/"), Catch::Contains("a user or a password"));
    CHECK_THROWS_WITH(parse_url("http://user:pass@host/"), !Catch::Contains("pass@"));
    CHECK_THROWS_WITH(parse_url("http://h:0/?token=secret"), Catch::Contains("'0' is not a port"));
    CHECK_THROWS_WITH(parse_url("http://h:x/?token=secret"), !Catch::Contains("secret"));
    CHECK_THROWS_WITH(parse_url("http://h:65536"), Catch::Contains("'65536' is not a port"));
    CHECK_THROWS_WITH(parse_url("http://h:"), Catch::Contains("'' is not a port"));
    CHECK_THROWS_WITH(parse_url("http://[::1"), Catch::Contains("closing bracket"));
    CHECK_THROWS_WITH(parse_url("http://[::1]a"), Catch::Contains("more than a port"));
    CHECK_THROWS_WITH(parse_url("http://[h]"), Catch::Contains("'h' is not a host"));
    CHECK_THROWS_WITH(parse_url("http://h%41/"), Catch::Contains("is not a host"));
}

TEST_CASE("text is encoded for a path or a query", "[http]") {
    CHECK(percent_encoded("a-b_c.d~9") == "a-b_c.d~9");
    CHECK(percent_encoded("a b/c?d=e&f") == "a%20b%2Fc%3Fd%3De%26f");
    CHECK(percent_encoded("é") == "%C3%A9");
}

}  // namespace trommel::http
