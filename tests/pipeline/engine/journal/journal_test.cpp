#include "pipeline/engine/journal/journal.hpp"

#include "support/run.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using namespace std::chrono_literals;
using test::TempDir;

namespace {

/// A journal in a folder, which can be closed and opened again, and time that a test moves.
class Desk {
public:
    Desk() { open(); }

    void open() {
        journal_.reset();
        journal_ = std::make_unique<Journal>(file(), io_, clock_);
    }

    template <typename Write>
    void write(Write what) {
        auto work = what(*journal_);
        run(loop_, std::move(work));
    }

    void pass(std::chrono::milliseconds time) {
        auto sleep = clock_.sleep_until(clock_.now() + time);
        run(loop_, clock_, std::move(sleep));
    }

    std::filesystem::path file() const { return folder_ / "journal.jsonl"; }
    RunHistory history() const { return replay(read_records(file()), file()); }
    const Journal& journal() const { return *journal_; }

private:
    TempDir folder_;
    asio::io_context loop_{1};
    ManualClock clock_{loop_.get_executor()};
    IoPool io_;
    std::unique_ptr<Journal> journal_;
};

RunRecord digits() {
    return {
        "digits-1", "/p/digits.yaml", "/p", {{"seed", "2"}}, "name: digits\n", {{"/p/a", "ab"}}};
}

/// The record as replay takes it, of version 1 and with a time.
std::string line(const std::string& members) { return "{" + members + ",\"at\":0}"; }

}  // namespace

TEST_CASE("a journal tells what was written into it", "[pipeline]") {
    Desk desk;
    desk.write([](Journal& to) { return to.begin_run(digits()); });
    desk.write([](Journal& to) { return to.begin_part("main", "digits-1"); });
    desk.write([](Journal& to) { return to.begin_round("main", 1); });
    desk.write([](Journal& to) { return to.commit_round("main", {1, 20, 40, {{"a.b", 0.1}}}); });
    desk.write([](Journal& to) { return to.begin_round("main", 2); });
    desk.write([](Journal& to) { return to.stop({true, "no disk"}); });

    const auto history = desk.history();
    CHECK(history.run->overrides == digits().overrides);
    CHECK(history.run->inputs == digits().inputs);
    CHECK(history.run->configuration == "name: digits\n");
    const auto& main = history.parts.at("main");
    CHECK(main.rounds == 1);
    CHECK(main.running == 2U);
    CHECK(main.last_measured->labels == 40U);
    CHECK(main.last_measured->values.at("a.b") == 0.1);
    CHECK(history.stop->message == "no disk");
    CHECK_FALSE(history.end);
}

TEST_CASE("an effect of a round that does not count is remembered until one does", "[pipeline]") {
    Desk desk;
    desk.write([](Journal& to) { return to.begin_run(digits()); });
    desk.write([](Journal& to) { return to.begun("k"); });
    desk.open();
    CHECK_FALSE(desk.journal().find("k"));
    desk.write([](Journal& to) { return to.done("k", "job 7"); });
    CHECK(desk.journal().find("k") == "job 7");
    desk.open();
    CHECK(desk.journal().find("k") == "job 7");
    desk.write([](Journal& to) { return to.commit_round("main", {1, 0, {}, {}}); });
    CHECK_FALSE(desk.journal().find("k"));
    desk.open();
    CHECK_FALSE(desk.journal().find("k"));
}

TEST_CASE("effects from before accepted changes are forgotten", "[pipeline]") {
    Desk desk;
    desk.write([](Journal& to) { return to.begin_run(digits()); });
    desk.write([](Journal& to) { return to.done("k", "job 7"); });
    desk.write([](Journal& to) { return to.resume(digits(), {}, {}); });
    CHECK(desk.journal().find("k"));
    CHECK(desk.journal().changes() == 0);
    desk.write([](Journal& to) { return to.resume(digits(), {"rounds.max: was 3, is 4"}, {}); });
    CHECK_FALSE(desk.journal().find("k"));
    desk.open();
    CHECK_FALSE(desk.journal().find("k"));
    CHECK(desk.journal().changes() == 1);
}

TEST_CASE("rounds that are lost take a run back to where it had not ended", "[pipeline]") {
    Desk desk;
    desk.write([](Journal& to) { return to.begin_run(digits()); });
    desk.write([](Journal& to) { return to.begin_part("main", "digits-1"); });
    for (std::uint32_t round = 1; round <= 3; ++round)
        desk.write([&](Journal& to) { return to.commit_round("main", {round, 4, 20, {}}); });
    desk.write([](Journal& to) { return to.end_part("main", {"done", false}); });
    desk.write([](Journal& to) { return to.end_run({"done", false}); });
    const Repair repair{{"rounds/main/2.json"}, {{"main", 1}}};
    desk.write([&](Journal& to) { return to.resume(digits(), {}, repair); });

    const auto is_back = [](const RunHistory& history) {
        const PartHistory& part = history.parts.at("main");
        return !history.end && !part.end && part.rounds == 1 && !part.last_measured;
    };
    CHECK(is_back(desk.journal().past()));
    CHECK(is_back(desk.history()));
}

TEST_CASE("the time of a part is that of all processes, without the time between", "[pipeline]") {
    Desk desk;
    desk.write([](Journal& to) { return to.begin_run(digits()); });
    desk.pass(5s);
    desk.write([](Journal& to) { return to.begin_part("main", "digits-1"); });
    desk.pass(2s);
    desk.write([](Journal& to) { return to.begin_round("main", 1); });
    desk.pass(1h);
    desk.write([](Journal& to) { return to.resume(digits(), {}, {}); });
    desk.write([](Journal& to) { return to.begin_part("main", "digits-1"); });
    desk.pass(3s);
    desk.write([](Journal& to) { return to.begin_round("main", 1); });
    CHECK(desk.history().parts.at("main").elapsed == 5s);
    CHECK(desk.history().parts.at("main").begun->time_since_epoch() == 5s);
    CHECK(desk.history().processes == 2);
}

TEST_CASE("a journal of another version or with unknown records is refused", "[pipeline]") {
    const auto replayed = [](const std::vector<std::string>& records) {
        LoggedRecords log;
        while (log.lines.size() < records.size()) log.lines.push_back(log.lines.size() + 1);
        log.records = records;
        return replay(log, "j.jsonl");
    };
    const std::string run =
        "\"version\":1,\"id\":\"a\",\"file\":\"f\",\"folder\":\"/\",\"overrides\":[],\"inputs\":[],"
        "\"configuration\":\"\"";
    CHECK_NOTHROW(replayed({line("\"type\":\"run\"," + run)}));
    CHECK_THROWS_WITH(replayed({line("\"type\":\"run\",\"version\":2")}),
                      Contains("j.jsonl: it is of version 2, which this version of trommel"));
    CHECK_THROWS_WITH(replayed({line("\"type\":\"run\"," + run), line("\"type\":\"dance\"")}),
                      Contains("it has a record 'dance'"));
    CHECK_THROWS_WITH(replayed({line("\"type\":\"round\"")}), Contains("not begin with a run"));
    CHECK_THROWS_WITH(replayed({line("\"type\":\"run\"")}), Contains("j.jsonl:1: is not a record"));
    CHECK_THROWS_WITH(replayed({"[]"}), Contains("j.jsonl:1: is not a record"));
}

}  // namespace trommel
