#include "pipeline/definition/schedule/zone_times.hpp"
#include "support/run.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/schedule/schedule_state.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace trommel {
namespace {

using Catch::Matchers::Contains;
using test::TempDir;
using test::utc;

ScheduleState some_state() {
    ScheduleState state;
    state.decided["cron '30 2 * * *' in Europe/Zurich"] =
        utc(2026, 3, 29, 1) + std::chrono::milliseconds(7);
    state.decided["every 6h"] = utc(2026, 3, 29);
    state.failures = 2;
    state.paused = true;
    state.queued = {{"every 6h", utc(2026, 3, 29)}};
    state.running = {{"every 6h", utc(2026, 3, 28, 18)}};
    return state;
}

}  // namespace

TEST_CASE("what a schedule remembers comes back from its file as it was", "[schedule]") {
    const TempDir folder;
    const auto file = ScheduleFile::of(folder.path() / "new", "digits");
    CHECK(file.path() == folder.path() / "new/schedules/digits.json");
    CHECK_FALSE(file.load());

    file.save(some_state());
    CHECK(file.load() == some_state());
    file.save({});
    CHECK(file.load() == ScheduleState{});
}

TEST_CASE("a time that was changed is not believed, and a file without a checksum once",
          "[schedule]") {
    const TempDir folder;
    const auto file = ScheduleFile::of(folder.path(), "digits");
    file.save(some_state());
    const auto text = read_file(file.path());

    auto changed = text;
    changed.replace(changed.find("2026-03-29"), 10, "2027-03-29");
    folder.write("schedules/digits.json", changed);
    CHECK_THROWS_WITH(file.load(), Contains("digits.json: ") && Contains("checksum"));

    auto older = text;
    const auto begin = older.rfind(',', older.find("\"sha256\""));
    older.erase(begin, older.rfind('"') + 1 - begin);
    folder.write("schedules/digits.json", older);
    const auto state = file.load();
    CHECK(state == some_state());
    file.save(*state);
    CHECK(read_file(file.path()) == text);
}

TEST_CASE("the file is replaced in one step, over the remains of a crash", "[schedule]") {
    const TempDir folder;
    const auto file = ScheduleFile::of(folder.path(), "digits");
    file.save(some_state());
    folder.write("schedules/.digits.json.new", "half of a st");

    CHECK(file.load() == some_state());
    file.save({});
    CHECK(file.load() == ScheduleState{});
}

TEST_CASE("a file that is not a state is refused with a way out", "[schedule]") {
    const TempDir folder;
    const ScheduleFile file(folder / "digits.json");
    const std::vector<std::pair<std::string, std::string>> texts{
        {"", "not the state of a schedule"},
        {"[]", "not the state of a schedule"},
        {"{\"version\": 1}", "not the state of a schedule"},
        {"{\"version\": 2}", "written by a newer trommel"},
        {"{\"version\": 1, \"decided\": {\"every 6h\": \"soon\"}, \"failures\": 0, "
         "\"paused\": false, \"queued\": []}",
         "'soon' is not a time"}};
    for (const auto& [text, problem] : texts) {
        folder.write("digits.json", text);
        CHECK_THROWS_WITH(file.load(),
                          Contains("digits.json: ") && Contains(problem) &&
                              Contains("remove it to let the schedule restart"));
    }
}

TEST_CASE("a state that cannot be written says where, and leaves the old one", "[schedule]") {
    const TempDir folder;
    const auto in_the_way = folder.write("schedules", "a file where the folder should be");
    CHECK_THROWS_WITH(ScheduleFile::of(folder.path(), "digits").save({}),
                      Contains("schedules: cannot make the directory"));

    const auto file = ScheduleFile::of(folder.path() / "other", "digits");
    file.save(some_state());
    std::filesystem::create_directory(folder.path() / "other/schedules/.digits.json.new");
    CHECK_THROWS_WITH(file.save({}), Contains(".digits.json.new: cannot write"));
    CHECK(file.load() == some_state());
}

TEST_CASE("one process at a time decides about a pipeline's runs", "[schedule]") {
    const TempDir folder;
    const auto digits = ScheduleFile::of(folder.path(), "digits");
    {
        const ScheduleOwnership owner(digits);
        CHECK_THROWS_WITH(ScheduleOwnership(digits),
                          Contains("digits.json: another 'trommel serve' runs this schedule"));
        CHECK_NOTHROW(ScheduleOwnership(ScheduleFile::of(folder.path(), "letters")));
    }
    CHECK_NOTHROW(ScheduleOwnership(digits));
}

TEST_CASE("a store keeps the state on the pool for files", "[schedule]") {
    const TempDir folder;
    asio::io_context loop(1);
    IoPool io(1);
    ScheduleFileStore store(ScheduleFile::of(folder.path(), "digits"), io);

    CHECK_FALSE(run(loop, store.load()));
    run(loop, store.save(some_state()));
    CHECK(run(loop, store.load()) == some_state());
}

}  // namespace trommel
