// What it costs that a run can be resumed: everything that one round writes for that.

#include "bench/figure.hpp"
#include "pipeline/engine/history/history_tables.hpp"
#include "pipeline/engine/journal/events.hpp"
#include "pipeline/engine/journal/journal.hpp"
#include "pipeline/engine/journal/round_files.hpp"
#include "support/temp_dir.hpp"
#include "trommel/runtime/run.hpp"

#include <asio/io_context.hpp>
#include <fmt/format.h>

namespace trommel::bench {
namespace {

constexpr std::uint32_t picks = 20;
constexpr int stages = 9;

/// The disk's part of a run, without the run.
class Desk {
public:
    Desk() {
        RunRecord run;
        run.id = "bench";
        run.file = run.folder = "/";
        write(journal_.begin_run(std::move(run)));
        write(journal_.begin_part("main", "bench"));
    }

    /// A round of nine stages that asks for a selection and uploads scores.
    void round() {
        ++round_;
        write(journal_.begin_round("main", round_));
        events();
        const Effects effects(journal_, fmt::format("bench/main/{}", round_));
        write(effect(effects.within("upload")));
        write(effect(effects.within("sample")));
        commit();
    }

    /// From the end of its stages to where the round counts.
    void commit() {
        const CommittedRound round = committed();
        files_.prepare(round);
        files_.commit(round.round);
        history_.measurements.push_back(*round.measurement);
        history_.picks.push_back(*round.picks);
        write(journal_.commit_round("main", {round_, picks, 100, round.measurement->values}));
        tables_.update(history_);
    }

    void next() { ++round_; }

private:
    void write(asio::awaitable<void> work) { run(loop_, std::move(work)); }

    static asio::awaitable<void> effect(Effects effects) {
        const Effects::Act act = [](std::string key) -> asio::awaitable<std::string> {
            co_return key;
        };
        const Effects::IsThere is_there = [](std::string) -> asio::awaitable<bool> {
            co_return true;
        };
        co_await effects.once("job", act, is_there);
    }

    void events() {
        events_.round_started(round_);
        for (int i = 0; i < stages; ++i) events_.stage_started(fmt::format("stage-{}", i));
        for (int i = 0; i < 1000; ++i) events_.stage_sent("stage-1", 1);
        for (int i = 0; i < stages; ++i)
            events_.stage_ended(fmt::format("stage-{}", i), std::chrono::milliseconds(1));
        events_.round_ended(round_, std::chrono::milliseconds(1));
    }

    CommittedRound committed() const {
        CommittedRound round;
        round.round = round_;
        round.states["labeled"] = TagId("00112233445566778899aabb");
        round.measurement = {round_ - 1, 100, {{"evaluate.accuracy", 0.9}}};
        round.picks = {round_, {}};
        for (std::uint32_t i = 0; i < picks; ++i)
            round.picks->picks.push_back({fmt::format("image-{:07}.jpg", i), 0.5});
        return round;
    }

    test::TempDir folder_;
    asio::io_context loop_{1};
    IoPool io_;
    SystemClock clock_;
    Observer silence_;
    Journal journal_{folder_ / "journal.jsonl", io_, clock_};
    Events events_{folder_ / "events.jsonl", clock_, silence_};
    RoundFiles files_{folder_ / "rounds"};
    HistoryTables tables_{folder_.path()};
    History history_;
    std::uint32_t round_ = 0;
};

/// Milliseconds of a commit, the mean of 20, once `behind` rounds are committed.
double commit_after(int behind) {
    Desk desk;
    const auto commit = [&] {
        desk.next();
        desk.commit();
    };
    for (int i = 0; i < behind; ++i) commit();
    const double twenty = seconds(
        [&] {
            for (int i = 0; i < 20; ++i) commit();
        },
        1);
    return twenty / 20 * 1e3;
}

}  // namespace

void run_journal_bench() {
    Desk desk;
    const double twenty = seconds([&] {
        for (int i = 0; i < 20; ++i) desk.round();
    });
    const double round = twenty / 20 * 1e3;
    print("journal.round_of_1000_batches",
          round,
          "ms",
          round / 20,
          "the 20 ms that are 2 % of the second it takes at 1,000 batches a second");
    const double early = commit_after(10);
    print(
        "journal.commit_after_10_rounds", early, "ms", early / 5, "the 5 ms that a round may cost");
    const double late = commit_after(1000);
    print("journal.commit_after_1000_rounds", late, "ms", late / early, "that after 10 rounds");
}

}  // namespace trommel::bench
