// Programs that are told what a run does: what they hear, and what becomes of those that fail.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;

/// Two rounds over the small pool, with hooks.
class HookedRun {
public:
    explicit HookedRun(const std::string& hooks, const std::string& rounds = "rounds: {max: 2}\n") {
        test::write_small_pool(folder);
        folder.write("p.yaml",
                     test::small_pipeline(test::usual_stages, rounds + "hooks:\n" + hooks));
    }

    Finished verb(const std::string& words) const {
        return test::shell("cd '" + folder.path().string() + "' && " + program + " " + words);
    }
    Finished run() const { return verb("run p.yaml --quiet --run-dir r"); }
    Finished resume() const { return verb("resume r --quiet"); }

    std::string read(const std::string& name) const { return read_file(folder / name); }

    TempDir folder;
};

const std::string every_event = "on: [run_started, round_finished, run_finished, run_failed]";

/// Says in the file `told` what it hears.
const std::string listener = "echo \"$TROMMEL_EVENT $TROMMEL_ROUND\" >> told\n";

}  // namespace

TEST_CASE("a hook hears of the run and of its rounds, in order", "[cli][hooks]") {
    HookedRun run("  tell: {" + every_event + ", command: [sh, tell.sh]}\n");
    run.folder.write("tell.sh", listener + "cat >> heard.jsonl\n");
    const auto end = run.run();

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.read("told") ==
          "run_started 0\nround_finished 1\nround_finished 2\nrun_finished 2\n");
    CHECK_THAT(
        run.read("heard.jsonl"),
        Contains("{\"event\":\"round_finished\",\"pipeline\":\"small\",\"run\":\"small-") &&
            Contains("/r\",\"key\":") &&
            Contains("\"round\":2,\"chosen\":4,\"labels\":10,\"metrics\":{\"evaluate.accuracy"
                     "\":") &&
            Contains("\"reason\":\"All 2 rounds are done.\",\"rounds\":2}\n"));
}

TEST_CASE("a hook that does not read what it is told is none the worse for it", "[cli][hooks]") {
    HookedRun run("  tell: {" + every_event + ", command: 'true'}\n");
    const auto end = run.run();
    CHECK(end.code == 0);
    CHECK_THAT(end.output, !Contains("hook"));
}

TEST_CASE("a hook that fails is a warning, and the run goes on", "[cli][hooks]") {
    HookedRun run("  tell: {on: round_finished, command: [sh, -c, 'echo no line >&2; exit 7']}\n");
    const auto end = run.verb("run p.yaml --run-dir r");

    INFO(end.output);
    CHECK(end.code == 0);
    const std::string what = "hook 'tell' on round_finished: 'sh' exited with code 7: no line";
    CHECK_THAT(end.output, Contains(what));
    CHECK_THAT(run.read("r/events.jsonl"), Contains("\"code\":\"hook-failed\"") && Contains(what));
}

TEST_CASE("a hook that may fail the run does, and is told again when the run goes on",
          "[cli][hooks]") {
    HookedRun run(
        "  tell: {on: round_finished, command: [sh, tell.sh], on_error: fail}\n"
        "  mourn: {on: run_failed, command: [sh, -c, 'cat > failure']}\n");
    run.folder.write("tell.sh", "test -e ready || exit 3\n" + listener);
    const auto end = run.run();

    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("hook 'tell' on round_finished: 'sh' exited with code 3"));
    CHECK_THAT(end.output, Contains("p.yaml:21: hook"));
    CHECK_THAT(run.read("failure"), Contains("\"event\":\"run_failed\"") && Contains("code 3"));
    CHECK_THAT(run.verb("status r").output, Contains("failed") && Contains("main: 1 round"));

    run.folder.write("ready", "");
    CHECK(run.resume().code == 0);
    CHECK(run.read("told") == "round_finished 1\nround_finished 2\n");
}

TEST_CASE("a hook that hangs is killed after its timeout", "[cli][hooks]") {
    HookedRun run("  tell: {on: run_started, command: [sh, hang.sh], timeout: 300ms}\n");
    run.folder.write("hang.sh", "trap '' TERM\necho $$ > id\nwhile :; do sleep 60; done\n");
    const auto end = run.run();

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(run.read("r/events.jsonl"),
               Contains("'sh' did not end within its timeout of 300ms and was killed"));
    const auto id = run.read("id");
    CHECK(test::shell("kill -0 " + id).code != 0);
}

TEST_CASE("a hook that is not there is named", "[cli][hooks]") {
    HookedRun run("  tell: {on: run_finished, command: [no-such-program]}\n");
    CHECK(run.run().code == 0);
    CHECK_THAT(run.read("r/events.jsonl"),
               Contains("hook 'tell' on run_finished: ") && Contains("no-such-program"));
}

TEST_CASE("what hooks have been told is not told again after a crash", "[cli][hooks]") {
    HookedRun run("  tell: {" + every_event + ", command: [sh, tell.sh]}\n", "rounds: {max: 3}\n");
    run.folder.write("tell.sh",
                     "cat >> heard.jsonl\n"
                     "test \"$TROMMEL_ROUND\" != 2 || test -e killed || { touch killed; kill -9 "
                     "$PPID; exit; }\n" +
                         listener);

    CHECK(run.run().code == 128 + 9);
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.read("told") ==
          "run_started 0\nround_finished 1\nround_finished 2\nround_finished 3\nrun_finished 3\n");
    // Whoever got the news of round 2 twice knows it by its key.
    const auto heard = run.read("heard.jsonl");
    const auto key = "/tell/round_finished/2\"";
    CHECK(heard.find(key) != heard.rfind(key));

    CHECK(run.resume().code == 0);
    CHECK(run.read("heard.jsonl") == heard);
}

}  // namespace trommel
