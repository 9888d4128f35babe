#include "server/wire/scores_reader.hpp"

#include "server/wire/api_error.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel::server {

namespace {

UploadedScores read(std::string_view text, std::size_t piece = 1000, std::size_t most = 100) {
    ScoresReader reader(most);
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
        reader.read(text.substr(0, piece));
    return reader.finish();
}

unsigned refusal(std::string_view text) {
    try {
        read(text);
    } catch (const ApiError& error) {
        return error.status();
    }
    return 0;
}

}  // namespace

TEST_CASE("scores are read exactly, however their text is cut", "[server]") {
    constexpr auto text =
        " {\"scoreType\" : \"a \\\"b\", \"scores\": [ 0.1,1e-3 , -2.5,\n3,"
        "0.30000000000000004,1.7976931348623157e308], \"other\": [1, {\"scores\": "
        "2}]} ";
    for (const std::size_t piece : {1UL, 2UL, 3UL, 7UL, 1000UL}) {
        const auto scores = read(text, piece);
        CHECK(scores.type == "a \"b");
        CHECK(scores.values ==
              std::vector<double>{
                  0.1, 1e-3, -2.5, 3, 0.30000000000000004, std::numeric_limits<double>::max()});
    }
}

TEST_CASE("members may come in any order, and scores may be none", "[server]") {
    CHECK(read(R"({"scores":[1],"scoreType":"x"})").values == std::vector<double>{1});
    CHECK(read(R"({"scores":[],"scoreType":"x"})").values.empty());
    CHECK(read(R"({"note":"scores","scores":[1],"scoreType":"x"})").type == "x");
}

TEST_CASE("Python's literals count as numpy.nan_to_num has it", "[server]") {
    const auto most = std::numeric_limits<double>::max();
    CHECK(read(R"({"scoreType":"x","scores":[NaN, Infinity,-Infinity]})", 2).values ==
          std::vector<double>{0, most, -most});
}

TEST_CASE("an upload that is none is refused with the right status", "[server]") {
    for (const auto* text : {"",
                             "{}",
                             R"({"scoreType":"x"})",
                             R"({"scoreType":"x","scores":1})",
                             R"({"scoreType":1,"scores":[1]})",
                             R"({"scores":[1]})",
                             R"({"scoreType":"x","scores":["1"]})",
                             R"({"scoreType":"x","scores":[null]})",
                             R"({"scoreType":"x","scores":[true]})",
                             R"({"scoreType":"x","scores":[1e999]})",
                             R"({"scoreType":"x","scores":[0x10]})",
                             R"({"scoreType":"x","scores":[[1]]})",
                             R"({"scoreType":"x","scores":[1],"scores":[2]})"})
        CHECK(refusal(text) == 422);
    for (const auto* text : {"{",
                             R"({"scoreType":"x","scores":[1)",
                             R"({"scoreType":"x","scores":[1,])",
                             R"({"scoreType":"x","scores":[1,]})",
                             R"({"scoreType":"x","scores":[,1]})",
                             R"({"scoreType":"x","scores":[1 2]})",
                             R"({"scoreType":"x","scores":[1]]})",
                             R"({"scoreType":"x","scores":[1]} 1)"})
        CHECK(refusal(text) == 400);
    CHECK(refusal("{\"scoreType\":\"" + std::string(100'000, 'x') + "\",\"scores\":[]}") == 413);
}

TEST_CASE("more scores than samples are refused before they are all read", "[server]") {
    ScoresReader reader(2);
    reader.read(R"({"scores":[1,2,)");
    CHECK_THROWS_AS(reader.read("3,"), ApiError);
}

}  // namespace trommel::server
