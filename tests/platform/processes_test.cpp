// The embedded platform among processes: killed while selecting, two on one database, one that
// keeps the database locked.
#include "platform/cloud.hpp"
#include "platform/long_selection.hpp"
#include "store/sqlite_database.hpp"
#include "support/child.hpp"
#include "support/faults.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <numeric>
#include <sstream>

namespace trommel::test {

namespace {

using std::chrono::milliseconds;
using Picks = std::vector<SampleIndex>;
using Reason = PlatformError::Reason;

struct Work {
    std::size_t samples = 0;
    std::size_t picks = 0;
    int keep_every = 1000;  ///< milliseconds
};

std::vector<std::string> command(const std::filesystem::path& database, const Work& work) {
    return {TROMMEL_SELECTING,
            database.string(),
            std::to_string(work.samples),
            std::to_string(work.picks),
            std::to_string(work.keep_every)};
}

std::string line_of(const std::filesystem::path& database, const Work& work) {
    return fmt::format("{}", fmt::join(command(database, work), " "));
}

/// What the program printed.
struct Printed {
    std::size_t kept = 0;
    Picks picks{};
};

Printed read(const Finished& end) {
    INFO(end.output.substr(0, 2000));
    CHECK(end.code == 0);
    Printed printed;
    std::istringstream lines(end.output);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("kept ")) printed.kept = std::stoul(line.substr(5));
        if (line.starts_with("pick "))
            printed.picks.push_back(static_cast<SampleIndex>(std::stoul(line.substr(5))));
    }
    return printed;
}

Printed select(const std::filesystem::path& database, const Work& work) {
    return read(shell(line_of(database, work)));
}

/// A selection that takes about this long on this machine, in this build.
Work work_of(std::chrono::duration<double> time) {
    constexpr std::size_t samples = 30'000;
    constexpr std::size_t tried = 20;
    const auto points = random_points(samples);
    Picks all(samples);
    std::iota(all.begin(), all.end(), SampleIndex{0});
    const auto begin = std::chrono::steady_clock::now();
    selection::select(*selection::find_strategy("coreset"),
                      {.pool = {.candidates = all, .embeddings = &points},
                       .stop = {.picks = tried},
                       .random = Random(1, 1, "sample")});
    const auto took = std::chrono::steady_clock::now() - begin;
    const auto picks = static_cast<std::size_t>(tried * (time / took));
    return {.samples = samples, .picks = std::clamp(picks, std::size_t{50}, samples)};
}

std::size_t kept_picks(const std::filesystem::path& database) {
    const auto store = store::open_sqlite(database);
    const auto jobs = store->unfinished_jobs();
    REQUIRE(jobs.size() == 1);
    return store->job(jobs.front())->picks;
}

/// Exchanges the first two picks that the store keeps.
void exchange_first(const std::filesystem::path& database) {
    store::Database raw(database, milliseconds(0));
    const auto first = raw.find<std::int64_t>("SELECT sample FROM picks WHERE place = 0");
    raw.run("UPDATE picks SET sample = (SELECT sample FROM picks WHERE place = 1) WHERE place = 0");
    raw.run("UPDATE picks SET sample = ? WHERE place = 1", *first);
}

/// A program that has a database locked.
class Locker {
public:
    explicit Locker(const std::filesystem::path& database) : sqlite_({"sqlite3", database}) {
        sqlite_.say("BEGIN EXCLUSIVE; SELECT 'locked';\n");
        REQUIRE(sqlite_.line() == "locked");
    }
    void write(const std::string& sql) {
        sqlite_.say(sql + "; SELECT 'written';\n");
        REQUIRE(sqlite_.line() == "written");
    }
    void kill() { sqlite_.kill(); }

private:
    Child sqlite_;
};

}  // namespace

TEST_CASE("a long selection whose process is killed goes on from what it had chosen",
          "[platform][process]") {
    const TempDir dir;
    auto work = work_of(std::chrono::seconds(3));
    work.keep_every = 20;  // later picks cost less than the first, by which the time was reckoned
    const auto expected = select(dir / "whole.db", work);
    REQUIRE(expected.picks.size() == work.picks);
    CHECK(expected.kept == 0);

    Child child(command(dir / "killed.db", work));
    // The first alone are kept where making ready took longer than `keep_every`.
    for (auto line = child.line();
         line && (!line->starts_with("progress ") || line->starts_with("progress 1 "));
         line = child.line())
        continue;
    child.kill();
    const auto kept = kept_picks(dir / "killed.db");
    CHECK(kept > 1);
    CHECK(kept < work.picks);
    std::filesystem::copy_file(dir / "killed.db", dir / "exchanged.db");

    const auto continued = select(dir / "killed.db", work);
    CHECK(continued.kept == kept);
    CHECK(continued.picks == expected.picks);

    // CORESET uses all that is chosen, in whatever order: were the kept picks made again, these
    // two would be back in their places.
    exchange_first(dir / "exchanged.db");
    auto exchanged = expected.picks;
    std::swap(exchanged[0], exchanged[1]);
    CHECK(select(dir / "exchanged.db", work).picks == exchanged);
}

TEST_CASE("a selection killed in any write comes to the same end", "[platform][process][faults]") {
    const TempDir dir;
    const Work work{.samples = 1000, .picks = 40, .keep_every = 0};
    const auto expected = select(dir / "whole.db", work).picks;
    REQUIRE(expected.size() == 40);
    const std::string fault = GENERATE("kill:", "torn:");

    std::size_t most_kept = 0;
    for (int call = 1;; call += 9) {
        const TempDir folder;
        const auto end =
            Faults(folder.path())
                .run(fault + std::to_string(call), line_of(folder / "platform.db", work));
        const auto continued = select(folder / "platform.db", work);
        INFO(fault << call);
        REQUIRE(continued.picks == expected);
        most_kept = std::max(most_kept, continued.kept);
        if (!was_killed(end)) break;
    }
    CHECK(most_kept > 0);
}

TEST_CASE("two processes that ask for one selection get the same, made once",
          "[platform][process]") {
    const TempDir dir;
    const Work work{.samples = 3000, .picks = 100, .keep_every = 0};
    const auto expected = select(dir / "alone.db", work).picks;
    select(dir / "shared.db", {.samples = 3000, .picks = 1});
    store::Database(dir / "shared.db", milliseconds(5000)).run("DELETE FROM jobs");
    store::Database(dir / "shared.db", milliseconds(5000))
        .run("DELETE FROM tags WHERE name = 'chosen'");

    const auto both = line_of(dir / "shared.db", work);
    const auto one = (dir / "one").string();
    const auto two = (dir / "two").string();
    const auto end = shell(both + " > " + one + " & first=$!; " + both + " > " + two +
                           " || exit 1; wait $first");
    CHECK(end.output.empty());
    CHECK(end.code == 0);

    CHECK(read(shell("cat " + one)).picks == expected);
    CHECK(read(shell("cat " + two)).picks == expected);
    const auto store = store::open_sqlite(dir / "shared.db");
    CHECK(store->tags(store->find_dataset("points")->id).size() == 2);
}

TEST_CASE("calls that write wait for another process's lock, then say so; reading goes on",
          "[platform][process]") {
    const Place place;
    EmbeddedBench bench(place.database, 1, {.busy_timeout = milliseconds(100), .max_bytes = 0});
    const auto line = make_line(bench);
    {
        const Locker locker(place.database);
        const auto begin = std::chrono::steady_clock::now();
        const auto error = refusal(bench, bench->create_dataset("another"));
        CHECK(std::chrono::steady_clock::now() - begin >= milliseconds(100));
        CHECK(error.reason() == Reason::unavailable);
        CHECK_THAT(error.what(),
                   Catch::Contains(place.database.string()) &&
                       Catch::Contains("locked by another process for more than 100 ms"));
        CHECK(refusal(bench, bench->sample(request_on(line, "chosen", 3))).reason() ==
              Reason::unavailable);
        CHECK(bench.wait(bench->dataset(line.dataset)).sample_count == 6);
    }
    bench.wait(bench->create_dataset("another"));
    CHECK(select(bench, request_on(line, "chosen", 3)).mask.count() == 3);
}

TEST_CASE("a new database that another process has locked is refused", "[platform][process]") {
    const TempDir dir;
    const Locker locker(dir / "new.db");
    try {
        store::open_sqlite(dir / "new.db", {.busy_timeout = milliseconds(50), .max_bytes = 0});
        FAIL("opening was not refused");
    } catch (const store::StoreError& error) {
        CHECK(error.reason() == store::StoreError::Reason::unavailable);
        CHECK_THAT(error.what(), Catch::Contains("locked by another process"));
    }
}

TEST_CASE("a killed process's lock is gone at once, and so is what it had half written",
          "[platform][process]") {
    const Place place;
    EmbeddedBench bench(place.database, 1, {.busy_timeout = milliseconds(0), .max_bytes = 0});
    const auto line = make_line(bench);
    Locker locker(place.database);
    locker.write("UPDATE datasets SET name = 'lost'");
    CHECK(refusal(bench, bench->create_dataset("another")).reason() == Reason::unavailable);

    locker.kill();

    bench.wait(bench->create_dataset("another"));
    CHECK(bench.wait(bench->dataset(line.dataset)).name == "line");
}

TEST_CASE("a failure that the store could not take appears until the platform is opened again",
          "[platform][process]") {
    const Place place;
    EmbeddedBench bench(place.database, 1, {.busy_timeout = milliseconds(0), .max_bytes = 0});
    const auto line = make_line(bench);
    auto request = request_on(line, "chosen", 3);
    request.key = "round 1";
    const auto job = bench.wait(bench->sample(request));
    {
        const Locker locker(place.database);
        REQUIRE(bench.ended(job).state == JobState::failed);
    }
    const auto status = bench.wait(bench->job(job));
    CHECK(status.state == JobState::failed);
    CHECK_THAT(status.error, Catch::Contains("locked by another process"));
    CHECK(bench.wait(bench->sample(request)) == job);
    CHECK(refusal(bench, bench->picks(job)).reason() == Reason::invalid);

    bench.reopen();
    CHECK(picks_of(bench, job).size() == 3);
}

}  // namespace trommel::test
