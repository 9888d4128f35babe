// Webhooks: an independent server hears of a run, checks who speaks, and never holds it up.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;
const std::string secret = "whsec_MDEyMzQ1Njc4OUFCQ0RFRmdoaWprbG1u";
const std::string run_it = program + " run p.yaml --quiet --run-dir r";
const std::string all_told =
    "run_started \nround_finished 1\nround_finished 2\nround_finished 3\nrun_finished \n";

/// Three rounds over the small pool, and a receiver beside them.
class WatchedRun {
public:
    explicit WatchedRun(const std::string& more_hooks = "") {
        test::write_small_pool(folder);
        const auto hooks =
            "rounds: {max: 3}\n"
            "secrets: {key: {env: HOOK_KEY}, url: {file: url}}\n"
            "hooks:\n"
            "  ops: {on: [run_started, round_finished, run_finished, run_failed],\n"
            "        url: '${secrets.url}', secret: '${secrets.key}', timeout: 1500ms}\n" +
            more_hooks;
        folder.write("p.yaml", test::small_pipeline(test::usual_stages, hooks));
    }

    /// Does `words` while the receiver listens.
    Finished beside_receiver(const std::string& words) const {
        const std::string receiver = TROMMEL_SOURCE_DIR "/tests/cli/webhook_receiver.py";
        return test::shell(
            "cd '" + folder.path().string() + "' && rm -f url && { python3 " + receiver + " " +
            secret + " & } && until test -e url; do sleep 0.05; done && export HOOK_KEY=" + secret +
            " && " + words);
    }
    std::string read(const std::string& name) const { return read_file(folder / name); }

    TempDir folder;
};

}  // namespace

TEST_CASE("a webhook hears of the run and of its rounds, in order and signed", "[cli][hooks]") {
    const WatchedRun run;
    const auto end = run.beside_receiver(run_it);

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.read("told") == all_told);
    CHECK_THAT(run.read("r/events.jsonl"), !Contains("hook-failed"));
    CHECK(test::shell("grep -r " + secret + " '" + (run.folder / "r").string() + "'").code == 1);
}

TEST_CASE(
    "a webhook that is down is a warning, and holds up the end of the run for its timeout at most",
    "[cli][hooks]") {
    const WatchedRun run;
    run.folder.write("busy", "");
    const auto begin = std::chrono::steady_clock::now();
    const auto end = run.beside_receiver(run_it);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(took.count() < 1.5 + 5);
    CHECK_THAT(
        run.read("r/events.jsonl"),
        Contains("hook 'ops' on run_started: did not take it within its timeout of 1500ms: ") &&
            Contains("hook 'ops' on run_finished: did not take it within its timeout") &&
            Contains("answered 503"));
    CHECK(!std::filesystem::exists(run.folder / "told"));
}

TEST_CASE("what a webhook did not hear before a crash it hears when the run goes on",
          "[cli][hooks]") {
    const WatchedRun run("  crash: {on: round_finished, command: [sh, crash.sh]}\n");
    run.folder.write("crash.sh",
                     "test \"$TROMMEL_ROUND\" != 2 || test -e killed || { touch killed; kill -9 "
                     "$PPID; }\n");
    run.folder.write("busy", "");
    CHECK(run.beside_receiver(run_it).code == 128 + 9);
    CHECK(!std::filesystem::exists(run.folder / "told"));

    const auto end = run.beside_receiver("rm busy && " + program + " resume r --quiet");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.read("told") == all_told);
}

}  // namespace trommel
