#include "server/resources/embeddings/csv_bounds.hpp"

#include "server/wire/api_error.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace trommel::server {

TEST_CASE("a CSV is refused at the first row too many, however it is cut", "[server]") {
    const std::string csv = "filenames,labels\n\"a\nb\",1\n\"say \"\"c\"\"\",2\n";
    for (std::size_t size = 1; size < csv.size(); ++size) {
        CsvBounds enough(2, 100);
        CsvBounds few(1, 100);
        const auto feed = [&](CsvBounds& bounds) {
            for (std::size_t at = 0; at < csv.size(); at += size) bounds.take(csv.substr(at, size));
        };
        CHECK_NOTHROW(feed(enough));
        CHECK_THROWS_WITH(feed(few), Catch::Contains("more than 1 rows"));
    }
}

TEST_CASE("a line without an end, or within a quote, is bounded", "[server]") {
    CsvBounds bounds(10, 100);
    bounds.take(std::string(60, 'a'));
    CHECK_THROWS_AS(bounds.take(std::string(60, '\0')), ApiError);
    CsvBounds quoted(10, 100);
    quoted.take("\"");
    CHECK_THROWS_AS(quoted.take(std::string(120, '\n')), ApiError);
}

}  // namespace trommel::server
