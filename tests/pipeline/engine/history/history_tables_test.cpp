#include "pipeline/engine/history/history_tables.hpp"

#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("tables that grow round by round are those of the whole history", "[pipeline]") {
    test::TempDir folder;
    HistoryTables tables(folder.path());
    History history;
    for (std::uint32_t round = 1; round <= 6; ++round) {
        history.measurements.push_back(
            {round - 1, round * 4, {{"evaluate.accuracy", 1.0 / round}}});
        // From the fourth round on another stage measures: the header changes.
        if (round > 3) history.measurements.back().values["other.accuracy"] = 0.5;
        if (round != 2) history.picks.push_back({round, {{"a, b.jpg", 0.25}, {"c.jpg", {}}}});
        tables.update(history);
        CHECK(read_file(folder / "metrics.csv") == metrics_csv(history));
        CHECK(read_file(folder / "picks.csv") == picks_csv(history));
    }
    folder.write("picks.csv", "torn");
    tables.finish(history);
    CHECK(read_file(folder / "picks.csv") == picks_csv(history));
}

}  // namespace trommel
