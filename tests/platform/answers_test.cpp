// What servers say, read as records.
#include "platform/lightly/answers.hpp"

#include "platform/lightly/streams.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace trommel::test {

TEST_CASE("a list of numbers is read however it is cut", "[lightly]") {
    const std::string json =
        R"({"id":"a","scoreType":"x","scores" : [ 0.1,2e3 ,null,-7,0.30000000000000004],"z":[1]})";
    for (std::size_t step = 1; step < json.size(); ++step) {
        lightly::NumberList list("scores");
        for (std::size_t at = 0; at < json.size(); at += step) list.read(json.substr(at, step));
        auto numbers = list.finish();
        REQUIRE(numbers.size() == 5);
        CHECK(std::isnan(numbers[2]));
        numbers[2] = 0;
        CHECK(numbers == std::vector<double>{0.1, 2000, 0, -7, 0.30000000000000004});
    }
    for (const std::string bad :
         {"{}", R"({"scores":1})", R"({"scores":[1)", R"({"scores":[x]})", R"({"scores":[1,]})"}) {
        INFO(bad);
        lightly::NumberList list("scores");
        const auto read = [&] {
            list.read(bad);
            list.finish();
        };
        CHECK_THROWS_AS(read(), PlatformError);
    }
    lightly::NumberList none("scores");
    none.read(R"({"scores":[]})");
    CHECK(none.finish().empty());
}

TEST_CASE("picks come with every bit of their numbers", "[lightly]") {
    // Boost.JSON 1.81 reads the first of these one unit too low.
    const double odd = 0.81300000000000006;
    const auto picks = lightly::picks_of(
        R"([{"fileName":"a","sample":3,"score":0.81300000000000006,"distance":1e-5},)"
        R"({"fileName":"b","sample":0}])");
    REQUIRE(picks.size() == 2);
    CHECK(picks[0].sample == 3);
    CHECK(picks[0].score == odd);
    CHECK(picks[0].distance == 1e-5);
    CHECK_FALSE(picks[1].score);
}

}  // namespace trommel::test
