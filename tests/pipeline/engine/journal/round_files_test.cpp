#include "pipeline/engine/journal/round_files.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/record_log.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

namespace trommel {

using Catch::Matchers::Contains;
using test::TempDir;

namespace {

CommittedRound round_of(std::uint32_t number) {
    CommittedRound round;
    round.round = number;
    round.states["labeled"] = TagId("00112233445566778899aabb");
    round.grew = true;
    round.measurement = {number - 1, 20, {{"evaluate.accuracy", 0.1 + 0.2}}};
    round.picks = {number, {{"a \"b\".jpg", 1.0 / 3}, {"c.jpg", std::nullopt, 0.1, "a \"b\".jpg"}}};
    round.picks->stop_reasons = {selection::StopReason::min_distance};
    round.picks->outcome.recall = 0.1;
    round.picks->outcome.memory = std::size_t{1} << 40U;
    return round;
}

void commit(const RoundFiles& files, const CommittedRound& round) {
    files.prepare(round);
    files.commit(round.round);
}

}  // namespace

TEST_CASE("a round that is only prepared does not count", "[pipeline]") {
    TempDir folder;
    const RoundFiles files(folder / "rounds");
    files.prepare(round_of(1));
    CHECK(files.read().empty());
    files.commit(1);
    CHECK(files.read().size() == 1);
}

TEST_CASE("committed rounds come back to the last bit, in order, the closing pass last",
          "[pipeline]") {
    TempDir folder;
    const RoundFiles files(folder / "rounds");
    CommittedRound closing;
    closing.measurement = {2, 28, {{"m", std::numeric_limits<double>::quiet_NaN()}}};
    commit(files, round_of(1));
    commit(files, round_of(2));
    commit(files, closing);

    const auto rounds = files.read();
    REQUIRE(rounds.size() == 3);
    CHECK(rounds[1].states == round_of(2).states);
    CHECK(rounds[1].grew);
    CHECK(rounds[1].measurement->values.at("evaluate.accuracy") == 0.1 + 0.2);
    CHECK(rounds[1].picks->picks[0].file_name == "a \"b\".jpg");
    CHECK(rounds[1].picks->picks[0].score == 1.0 / 3);
    CHECK_FALSE(rounds[1].picks->picks[1].score);
    CHECK(rounds[1].picks->picks[1].distance == 0.1);
    CHECK(rounds[1].picks->picks[1].nearest == "a \"b\".jpg");
    CHECK_FALSE(rounds[1].picks->picks[0].distance);
    CHECK(rounds[1].picks->stop_reasons == std::vector{selection::StopReason::min_distance});
    CHECK(rounds[1].picks->outcome.recall == 0.1);
    CHECK(rounds[1].picks->outcome.memory == std::size_t{1} << 40U);
    CHECK(rounds[2].round == 0);
    CHECK_FALSE(rounds[2].picks);
    CHECK(std::isnan(rounds[2].measurement->values.at("m")));
}

TEST_CASE("a round without its manifest does not count", "[pipeline]") {
    TempDir folder;
    const RoundFiles files(folder.path());
    commit(files, round_of(1));
    commit(files, round_of(2));
    std::filesystem::remove(folder / "2.json");
    CHECK(files.read().size() == 1);
}

TEST_CASE("a round whose manifest is damaged is refused", "[pipeline]") {
    TempDir folder;
    const RoundFiles files(folder.path());
    commit(files, round_of(1));
    std::string content = read_file(folder / "1.json");
    content[content.find("c.jpg")] = 'd';
    folder.write("1.json", content);
    CHECK_THROWS_WITH(files.read(), Contains("1.json: is damaged"));
    folder.write("1.json", "");
    CHECK_THROWS_WITH(files.read(), Contains("1.json: is damaged"));
}

TEST_CASE("a round of another version is refused", "[pipeline]") {
    TempDir folder;
    folder.write("1.json", checked_line(R"({"version":99})"));
    CHECK_THROWS_WITH(RoundFiles(folder.path()).read(), Contains("1.json: is of a version"));
}

}  // namespace trommel
