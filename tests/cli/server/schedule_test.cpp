// Schedules as users have them: what is foretold, what `trommel serve` starts, how it ends.

#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

namespace trommel {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using test::shell;
using test::TempDir;

const std::string program = TROMMEL_PROGRAM;
const std::string source = TROMMEL_SOURCE_DIR;

/// A pipeline over the digits with the given stages and schedule.
std::string pipeline(const std::string& stages, const std::string& schedule) {
    return "version: 1\nname: digits\n"
           "dataset: {name: digits, embeddings: " +
           source +
           "/pipelines/data/digits.csv}\nstate: {labeled: {init: {random: 5}}}\nstages: " + stages +
           "\n" + schedule;
}

constexpr auto quick = "{fetch: {uses: fetch_tag}}";

/// Labels the initial samples with the given command.
std::string labels_by(const std::string& command) {
    return "{fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}, "
           "label: {uses: exec.label, from: fetch, with: {command: " +
           command + ", grace: 100ms}}}";
}

/// Shell: `trommel serve p.yaml` in the background in `folder` until its log matches `pattern`,
/// then `then`, then a SIGTERM. Prints the log; the exit code is that of serve.
std::string serve_until(const TempDir& folder,
                        const std::string& pattern,
                        const std::string& then = "true") {
    return "cd " + folder.path().string() + "; " + program +
           " serve p.yaml --data data --listen 127.0.0.1:0 2> log & serve=$!; "
           "wait_for() { for i in $(seq 1200); do grep -qs \"$1\" log && return; sleep 0.05; done; "
           "echo \"no '$1' in a minute\"; }; "
           "wait_for '" +
           pattern + "'; " + then +
           "; kill -TERM $serve; wait $serve; code=$?; cat log; exit $code";
}

std::size_t entries(const std::filesystem::path& folder) {
    const std::filesystem::directory_iterator begin(folder), end;
    return static_cast<std::size_t>(std::distance(begin, end));
}

}  // namespace

TEST_CASE("the next runs are foretold in local time and in UTC", "[cli]") {
    TempDir folder;
    const auto file = folder.write(
        "p.yaml", pipeline(quick, "schedule: {cron: 30 2 * * *, timezone: Europe/Zurich}\n"));
    const auto ask = program + " schedule " + file.string() + " --next 3 --from 2026-03-28T02:30";

    const auto end = shell(ask);
    CHECK(end.code == 0);
    CHECK(end.output ==
          "# cron '30 2 * * *' in Europe/Zurich\n"
          "2026-03-28 02:30:00 CET (+01:00)      2026-03-28T01:30:00Z\n"
          "2026-03-29 03:00:00 CEST (+02:00)     2026-03-29T01:00:00Z\n"
          "2026-03-30 02:30:00 CEST (+02:00)     2026-03-30T00:30:00Z\n");
    CHECK_THAT(shell(ask + " --json").output,
               Contains("\"paused\": false") && Contains("\"utc\": \"2026-03-29T01:00:00Z\"") &&
                   Contains("\"local\": \"2026-03-29 03:00:00 CEST (+02:00)\"") &&
                   Contains("\"begins\": \"2026-03-29T01:00:00Z\""));
}

TEST_CASE("a schedule that is asked wrongly says what is right", "[cli]") {
    TempDir folder;
    const auto file = folder.write("p.yaml", pipeline(quick, "schedule: {every: 6h}\n")).string();
    const auto from = shell(program + " schedule " + file + " --from tomorrow");
    CHECK(from.code == 2);
    CHECK_THAT(from.output, Contains("--from: 'tomorrow' is not a time; write 2026-03-29"));

    const auto resume =
        shell("cd " + folder.path().string() + "; " + program + " schedule p.yaml --resume");
    CHECK(resume.code == 2);
    CHECK_THAT(resume.output,
               Contains("was never served here") && Contains("schedules/digits.json"));
}

TEST_CASE("without a schedule there is nothing to serve, and a way out", "[cli]") {
    TempDir folder;
    const auto file = folder.write("p.yaml", pipeline(quick, "")).string();
    for (const std::string verb : {"serve", "schedule"}) {
        const auto end = shell(program + " " + verb + " " + file);
        CHECK(end.code == 2);
        CHECK_THAT(end.output,
                   Contains("p.yaml has no schedule") && Contains("schedule: {cron: ") &&
                       Contains("'trommel run " + file + "'"));
    }
    const auto scheduled =
        folder.write("s.yaml", pipeline(quick, "schedule: {every: 6h}\n")).string();
    const auto twice = shell(program + " serve " + scheduled + " " + scheduled + " --data " +
                             folder.path().string());
    CHECK(twice.code == 2);
    CHECK_THAT(twice.output, Contains("another file names its pipeline 'digits' too"));
}

TEST_CASE(
    "serve runs a pipeline by itself, each run into its own directory, until it is told to end",
    "[cli]") {
    TempDir folder;
    folder.write("p.yaml", pipeline(quick, "schedule: {every: 1s}\n"));

    const auto end = shell(serve_until(folder, "succeeded"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains(" digits: next run at ") && Contains(" started in data/runs/digits-") &&
                   Contains(" succeeded; data/runs/digits-") && EndsWith(" serve: stopped\n"));
    CHECK(entries(folder / "data/runs") >= 1);
    for (const auto& run : std::filesystem::directory_iterator(folder / "data/runs"))
        CHECK(std::filesystem::exists(run.path() / "report.html"));
    CHECK(std::filesystem::exists(folder / "data/schedules/digits.json"));
}

TEST_CASE("serve stops a run that goes on when it is told to end", "[cli]") {
    TempDir folder;
    folder.write("p.yaml", pipeline(labels_by("[sleep, '600']"), "schedule: {every: 1s}\n"));

    const auto end = shell(serve_until(folder, "skipped; another run goes on"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains(" stopped; ") && EndsWith(" serve: stopped\n"));
    CHECK(entries(folder / "data/runs") == 1);
}

TEST_CASE("a run that serve was killed in goes on when it is started again", "[cli]") {
    TempDir folder;
    folder.write("p.yaml", pipeline(labels_by("[sh, label.sh]"), "schedule: {every: 1s}\n"));
    folder.write("label.sh",
                 "while ! test -e go; do touch waiting; sleep 0.02; done\n"
                 "sed -E 's/}$/,\"label\":\"1\"}/'\n");
    const auto killed =
        shell("cd " + folder.path().string() + "; " + program +
              " serve p.yaml --data data --listen 127.0.0.1:0 2> log & serve=$!; cd " +
              folder.path().string() +
              "; for i in $(seq 1200); do test -e waiting && break; sleep 0.05; done; "
              "kill -9 $serve; wait $serve; cat log");
    CHECK_THAT(killed.output, Contains(" started in data/runs/digits-"));
    REQUIRE(entries(folder / "data/runs") == 1);
    const auto run = std::filesystem::directory_iterator(folder / "data/runs")->path();
    folder.write("go", "");

    const std::string there = "data/runs/" + run.filename().string();
    const auto end =
        shell(serve_until(folder, "goes on in " + there, "wait_for 'succeeded; " + there + "'"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("goes on in " + there));
    CHECK_THAT(shell(program + " status " + run.string()).output, Contains(": finished: "));
}

TEST_CASE("two processes do not run one schedule", "[cli]") {
    TempDir folder;
    folder.write("p.yaml", pipeline(quick, "schedule: {every: 1d}\n"));

    const auto end = shell(
        serve_until(folder,
                    "next run",
                    program + " serve p.yaml --data data --listen 127.0.0.1:0; echo second: $?"));

    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("another 'trommel serve' runs this schedule") && Contains("second: 1"));
}

TEST_CASE("a pipeline that fails again and again pauses, says so, and can be resumed", "[cli]") {
    TempDir folder;
    folder.write(
        "p.yaml",
        pipeline(labels_by("['false']"), "schedule: {every: 1s, pause_after_failures: 2}\n"));
    const auto ask = program + " schedule p.yaml --data data";

    const auto end = shell(serve_until(
        folder, "it is paused", ask + " --next 1; " + ask + " --resume; wait_for ' resumed'"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("paused; 2 runs in a row have failed; to go on: trommel schedule p.yaml "
                        "--data data --resume") &&
                   Contains("'digits' is paused; failed runs in a row: 2.") &&
                   Contains("'digits' goes on with its next run") && Contains(" digits: resumed"));
    CHECK_THAT(shell("cd " + folder.path().string() + "; " + ask + " --next 1 --json").output,
               Contains("\"paused\": "));
}

}  // namespace trommel
