// The program as users have it: its exit codes, what it prints, what it leaves behind, what a
// signal does.

#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/text.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace trommel {

using Catch::Matchers::Contains;
using test::shell;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;
const std::string source = TROMMEL_SOURCE_DIR;
const std::string digits = source + "/pipelines/digits.yaml";

std::string read(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// Accuracy at the last label of a run of digits.
double last_accuracy(const std::filesystem::path& run) {
    const auto metrics = read(run / "metrics.csv");
    const auto last = metrics.substr(metrics.rfind(',') + 1);
    return parse_number(trim(last)).value();
}

/// A pipeline over the digits whose rounds take a second each, because a program sleeps.
std::string slow_pipeline() {
    return "version: 1\nname: slow\n"
           "dataset: {name: digits, embeddings: " +
           source +
           "/pipelines/data/digits.csv}\n"
           "state: {labeled: {init: {random: 5}}}\n"
           "stages:\n"
           "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  label: {uses: exec.label, from: fetch, with: {command: [sh, label.sh], grace: "
           "100ms}}\n"
           "  train: {uses: train.linear_probe, from: label}\n"
           "  sample: {uses: sample, from: fetch, needs: train, with: {method: RANDOM, n_new: 5}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n"
           "rounds: {max: 50}\n"
           "platform: {embedded: slow.db}\n";
}

constexpr auto label_script =
    "touch started\n"
    "test \"$TROMMEL_ROUND\" -lt 3 || exec sleep 60\n"
    "sed -E 's/([0-9])(\\.png\".*)\\}$/\\1\\2,\"label\":\"\\1\"}/'\n";

}  // namespace

TEST_CASE("a file with faults is refused before anything runs, with exit code 2", "[cli]") {
    TempDir folder;
    const auto file = folder.write(
        "bad.yaml",
        "version: 1\nname: bad\ndataset: {name: bad}\nstages: {a: {uses: fetch_tga}}\n");
    for (const std::string verb : {"lint ", "plan ", "run "}) {
        const auto end =
            shell("cd " + folder.path().string() + " && " + program + " " + verb + file.string());
        INFO(end.output);
        CHECK(end.code == 2);
        CHECK_THAT(end.output,
                   Contains("bad.yaml:4:20: error[unknown-stage-type]") &&
                       Contains("did you mean 'fetch_tag'?"));
        CHECK_THAT(end.output, Contains("the dataset needs the key 'embeddings'"));
        CHECK_FALSE(std::filesystem::exists(folder / "runs"));
    }
}

TEST_CASE("wrong usage has exit code 2 and says what is right", "[cli]") {
    CHECK(shell(program + " rnu").code == 2);
    CHECK(shell(program + " run").code == 2);
    const auto end = shell(program + " run " + digits + " --set batch");
    CHECK(end.code == 2);
    CHECK_THAT(end.output, Contains("--set batch: write NAME=VALUE"));
    CHECK(shell(program + " lint nowhere.yaml").code == 2);
}

TEST_CASE("help names every verb, and each verb its options", "[cli]") {
    const auto end = shell(program + " --help");
    CHECK(end.code == 0);
    for (const std::string verb : {"init",
                                   "run",
                                   "sweep",
                                   "runs",
                                   "diff",
                                   "lint",
                                   "plan",
                                   "test",
                                   "quarantine",
                                   "doctor",
                                   "gc",
                                   "schedule",
                                   "serve",
                                   "components",
                                   "schema"}) {
        CHECK_THAT(end.output, Contains("\n  " + verb));
        CHECK(shell(program + " " + verb + " --help").code == 0);
    }
    CHECK_THAT(
        shell(program + " run --help").output,
        Contains("--set") && Contains("--run-dir") && Contains("--threads") && Contains("--json"));
}

TEST_CASE("a kind of stage that nothing is near to is answered with all kinds", "[cli]") {
    const auto end = shell(program + " components dataset");
    CHECK(end.code == 2);
    CHECK_THAT(end.output, Contains("there is no kind of stage 'dataset'; there are: "));
    CHECK_THAT(end.output, Contains("evaluate.accuracy, "));
    CHECK_THAT(shell(program + " components smaple").output, Contains("did you mean 'sample'?"));
}

TEST_CASE("numbers out of range are refused in words", "[cli]") {
    const std::string select = program + " select --embeddings e.npy --output p.csv ";
    const auto refused = [&](const std::string& option, const std::string& why) {
        const auto end = shell(select + option);
        INFO(end.output);
        CHECK(end.code == 2);
        CHECK_THAT(end.output, Contains(why));
        CHECK(end.output.size() < 200);
    };
    refused("--n 0", "--n: '0' is not a whole number of at least 1");
    refused("--n=-3", "--n: '-3' is not a whole number of at least 1");
    refused("--n 1.5", "--n: '1.5' is not a whole number of at least 1");
    refused("--n 9 --seed=-1", "--seed: '-1' is not a whole number of at least 0");
    refused("--proportion 2",
            "--proportion: '2' is not a share; give a share above 0 and at most 1");
    refused("--min-distance nan", "--min-distance: 'nan' is not a number of at least 0");
    refused("--n 9 --threads 0", "--threads: ");
}

TEST_CASE("every pipeline that comes with trommel lints, and its schema is the checked-in one",
          "[cli]") {
    const std::string with_token =
        "TROMMEL_HOOK_SECRET=whsec_YS1zZWNyZXQtb2YtMjQtYnl0ZXMtMTIzNDU= "
        "TROMMEL_TOKEN=a-long-secret-of-22-letters " +
        program;
    for (const auto& entry : std::filesystem::directory_iterator(source + "/pipelines"))
        if (entry.path().extension() == ".yaml") {
            const auto end = shell(with_token + " lint --no-files " + entry.path().string());
            INFO(end.output);
            CHECK(end.code == 0);
            CHECK(shell(with_token + " plan --json " + entry.path().string()).code == 0);
        }
    CHECK(shell(program + " schema").output == read(source + "/config/pipeline.schema.json"));
    CHECK(shell(program + " schema --server").output ==
          read(source + "/config/server.schema.json"));
}

TEST_CASE("the plan shows when it runs, when it ends and what it costs", "[cli]") {
    TempDir folder;
    std::string text = slow_pipeline();
    const std::string rounds = "rounds: {max: 50}\n";
    text.replace(text.find(rounds),
                 rounds.size(),
                 "rounds: {max: 50, until: 'budget(10) or round>=7', cost: {per_label: 0.25, "
                 "stages: {train: 2}}, on_exhausted: fail}\n"
                 "schedule: [{cron: '0 0 1 1 *', timezone: Europe/Zurich}, {every: 6h}]\n");
    const auto file = folder.write("p.yaml", text).string();
    const auto end = shell(program + " plan " + file);
    INFO(end.output);
    CHECK_THAT(end.output,
               Contains("# Ends after the round for which: budget(10) or (round >= 7)\n") &&
                   Contains("# It has failed if all 50 rounds are done before that.\n") &&
                   Contains("# Costs: 0.25 a label; 2 a run of 'train'\n") &&
                   Contains("# Scheduled: cron '0 0 1 1 *' in Europe/Zurich; next 2") &&
                   Contains("-01-01 00:00:00 CET (+01:00)\n") &&
                   Contains("# Scheduled: every 6h; next 2"));
    CHECK_THAT(shell(program + " plan --json " + file).output,
               Contains("\"per_label\": 2.5E-1") && Contains("\"train\": 2E0") &&
                   Contains("\"until\": \"budget(10) or (round >= 7)\"") &&
                   Contains("\"next\": \"2") && Contains("-31T23:00:00Z\""));
}

TEST_CASE("findings come as JSON for editors", "[cli]") {
    TempDir folder;
    const auto file = folder.write("bad.yaml", "version: 1\nnmae: x\n");
    const auto end = shell(program + " lint --json " + file.string());
    CHECK(end.code == 2);
    CHECK_THAT(end.output,
               Contains("\"line\": 2") && Contains("\"hint\": \"did you mean 'name'?\""));
}

TEST_CASE("digits beat random choice over seeds, in the same picks for one and two threads",
          "[cli]") {
    TempDir folder;
    double margin = 0;
    double random = 0;
    for (const std::string seed : {"1", "2", "3"}) {
        const auto run = folder / seed;
        const auto end =
            shell(program + " run " + digits + " --quiet --threads 2 --set seed=" + seed +
                  " --run-dir " + run.string());
        INFO(end.output);
        REQUIRE(end.code == 0);
        margin += last_accuracy(run) / 3;
        random += last_accuracy(run / "baseline") / 3;
        for (const std::string file : {"resolved.yaml", "report.html", "picks.csv"})
            CHECK(std::filesystem::exists(run / file));
    }
    CHECK(margin >= 0.95);
    CHECK(margin > random + 0.01);

    REQUIRE(shell(program + " run " + digits + " --quiet --threads 1 --run-dir " +
                  (folder / "one").string())
                .code == 0);
    CHECK(read(folder / "one/picks.csv") == read(folder / "1/picks.csv"));
}

TEST_CASE("a resolved file runs again with the same picks", "[cli]") {
    TempDir folder;
    const auto first = (folder / "first").string();
    REQUIRE(shell(program + " run " + digits + " --quiet --set batch=10 --run-dir " + first).code ==
            0);
    std::filesystem::create_directory_symlink(source + "/pipelines/data", folder / "first/data");
    const auto again = shell(program + " run " + first + "/resolved.yaml --quiet --run-dir " +
                             (folder / "again").string());
    INFO(again.output);
    REQUIRE(again.code == 0);
    CHECK(read(folder / "again/picks.csv") == read(folder / "first/picks.csv"));
}

TEST_CASE("a used run directory is not written over", "[cli]") {
    TempDir folder;
    const auto run = program + " run " + digits + " --quiet --set method=RANDOM --run-dir " +
                     (folder / "run").string();
    CHECK(shell(run).code == 0);
    const auto again = shell(run);
    CHECK(again.code == 1);
    CHECK_THAT(again.output, Contains("holds another run; give --run-dir a new directory"));
}

TEST_CASE("an interrupted run keeps its finished rounds and exits with 3", "[cli]") {
    TempDir folder;
    folder.write("slow.yaml", slow_pipeline());
    folder.write("label.sh", label_script);
    for (const std::string signal : {"INT", "TERM"}) {
        const auto end = shell("cd " + folder.path().string() + "; " + program +
                               " run slow.yaml --grace 100ms --run-dir " + signal +
                               " & run=$!; for i in $(seq 400); do grep -qs '^2,' " + signal +
                               "/picks.csv && break; sleep 0.05; done; "
                               "sleep 0.2; kill -" +
                               signal + " $run; wait $run");
        INFO(end.output);
        CHECK(end.code == 3);
        CHECK_THAT(end.output, Contains("interrupted; rounds 1 to 2 are finished, in " + signal));
        CHECK(read(folder / (signal + "/picks.csv")).find("\n3,") == std::string::npos);
    }
    // The database that was interrupted twice serves on.
    CHECK_THAT(
        shell("sqlite3 " + (folder / "slow.db").string() + " 'pragma integrity_check'").output,
        Contains("ok"));
}

TEST_CASE("a full disk is a sentence and leaves a whole database", "[cli]") {
    TempDir folder;
    const auto run = folder / "run";
    const auto end = shell("ulimit -f 700; trap '' XFSZ; " + program + " run " + digits +
                           " --quiet --run-dir " + run.string());
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("platform.db"));
    CHECK_THAT(
        shell("sqlite3 " + (run / "platform.db").string() + " 'pragma integrity_check'").output,
        Contains("ok"));
}

TEST_CASE("a damaged database and one of a newer version are refused with a sentence", "[cli]") {
    TempDir folder;
    const auto yaml =
        folder.write("p.yaml",
                     "version: 1\nname: kept\ndataset: {name: digits, embeddings: " + source +
                         "/pipelines/data/digits.csv}\nplatform: {embedded: p.db}\n"
                         "stages: {fetch: {uses: fetch_tag}}\n");
    const auto run = [&](const std::string& name) {
        return shell(program + " run " + yaml.string() + " --quiet --run-dir " +
                     (folder / name).string());
    };
    const auto database = (folder / "p.db").string();
    REQUIRE(run("first").code == 0);

    REQUIRE(shell("sqlite3 " + database + " 'pragma user_version = 9999'").code == 0);
    const auto newer = run("newer");
    CHECK(newer.code == 1);
    CHECK_THAT(newer.output, Contains("p.db") && Contains("newer"));

    folder.write(
        "p.db",
        "this is not a database, but a text of more than a hundred bytes that somebody has "
        "put where one should be, by mistake");
    const auto damaged = run("damaged");
    CHECK(damaged.code == 1);
    CHECK_THAT(damaged.output, Contains("p.db"));
}

}  // namespace trommel
