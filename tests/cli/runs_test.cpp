// Runs after they ended: their list, and in what two of them differ.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/record_log.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::shell;
using test::TempDir;

namespace {

/// A good line, before which a bad one is not a torn tail.
std::string test_line() { return checked_line("{}"); }

const std::string program = TROMMEL_PROGRAM;

std::string read(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// A folder with a pool, a pipeline of two rounds of four, and its runs.
class RunsFolder {
public:
    RunsFolder() {
        test::write_small_pool(folder_);
        folder_.write("p.yaml", test::small_pipeline(test::usual_stages, "rounds: {max: 2}\n"));
    }

    Finished run(const std::string& name, const std::string& arguments = "") const {
        return call("run p.yaml --quiet --run-dir runs/" + name + " " + arguments);
    }
    Finished call(const std::string& arguments) const {
        return shell("cd '" + folder_.path().string() + "' && " + program + " " + arguments);
    }
    const TempDir& files() const { return folder_; }

private:
    TempDir folder_;
};

}  // namespace

TEST_CASE("runs are listed with how far they are", "[cli]") {
    const RunsFolder folder;
    REQUIRE(folder.run("b").code == 0);
    REQUIRE(folder.run("a", "--set n_new=3").code == 0);
    std::filesystem::copy(folder.files() / "runs/a", folder.files() / "runs/killed");
    REQUIRE(shell("sed -i '$d' '" + (folder.files() / "runs/killed/journal.jsonl").string() + "'")
                .code == 0);  // the record of its end
    folder.files().write("runs/damaged/journal.jsonl", "{}\n" + test_line());
    std::filesystem::create_directories(folder.files() / "runs/notes");
    folder.files().write("labels.csv", "file_name,label\nnobody.png,a\n");
    REQUIRE(folder.run("c").code == 1);

    const auto end = folder.call("runs");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("\na        finished          2        12  evaluate.accuracy 1."));
    CHECK_THAT(end.output,
               Contains("\nb        finished          2        14  evaluate.accuracy "));
    CHECK_THAT(end.output, Contains("\nc        failed            0         -  "));
    CHECK_THAT(end.output, Contains("\ndamaged  unreadable        0         -  "));
    CHECK_THAT(end.output, Contains("\nkilled   interrupted       2        12"));
    CHECK_THAT(end.output, Contains("\n5 runs\n"));
    CHECK_THAT(folder.call("runs --json").output,
               Contains("\"run\": \"c\"") && Contains("\"state\": \"failed\""));
    CHECK(folder.call("runs nowhere").code == 1);
    CHECK_THAT(folder.call("runs nowhere").output, Contains("nowhere is not a directory"));
}

TEST_CASE("two runs of the same do not differ", "[cli]") {
    const RunsFolder folder;
    REQUIRE(folder.run("a").code == 0);
    REQUIRE(folder.run("b").code == 0);
    const auto end = folder.call("diff runs/a runs/b");
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("The configurations are the same.") &&
                   Contains("All picks are the same.") && Contains("+0.0000"));
    CHECK_THAT(folder.call("diff runs/a runs/b --json").output, Contains("\"same\": true"));
}

TEST_CASE("a diff says what was set, from where picks differ and what that did", "[cli]") {
    const RunsFolder folder;
    REQUIRE(folder.run("a").code == 0);
    REQUIRE(folder.run("b", "--set n_new=3").code == 0);
    const auto end = folder.call("diff runs/a runs/b");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("params.n_new: 4 | 3\n"));
    CHECK_THAT(end.output, Contains("stages.sample.with.n_new: 4 | 3\n"));
    CHECK_THAT(end.output, Contains("Picks differ from round 1, rank 4 on: s"));
    CHECK_THAT(end.output, Contains(".jpg | -\n"));
    CHECK_THAT(end.output, Contains("  round   1: 3 in common of 4 | 3\n"));
    CHECK_THAT(end.output, Contains("accuracy after 2 rounds: "));
    const auto as_json = folder.call("diff runs/a runs/b --json").output;
    CHECK_THAT(as_json, Contains("\"same\": false") && Contains("\"rank\": 4"));
}

TEST_CASE("a diff tells of input files with other content", "[cli]") {
    const RunsFolder folder;
    REQUIRE(folder.run("a").code == 0);
    const auto labels = read(folder.files() / "labels.csv");
    folder.files().write("labels.csv", "\xEF\xBB\xBF" + labels);
    REQUIRE(folder.run("b").code == 0);
    const auto end = folder.call("diff runs/a runs/b");
    INFO(end.output);
    CHECK_THAT(end.output, Contains("labels.csv: SHA-256 ") && Contains("All picks are the same"));
    CHECK_THAT(end.output, !Contains("pool.csv"));
}

TEST_CASE("the same files in another place are not difference", "[cli]") {
    const RunsFolder folder;
    REQUIRE(folder.run("a").code == 0);
    const auto end = folder.call(
        "--version >/dev/null; mkdir copy && cp *.csv p.yaml copy/ && cd copy && mv labels.csv "
        "answers.csv && sed -i s/labels.csv/answers.csv/ p.yaml && " +
        program + " run p.yaml --quiet --run-dir ../runs/b && " + program +
        " diff ../runs/a ../runs/b");
    INFO(end.output);
    CHECK_THAT(end.output, Contains("The configurations are the same."));
}

TEST_CASE("gc deletes old runs that are finished, and says why others stay", "[cli]") {
    const RunsFolder folder;
    REQUIRE(folder.run("a").code == 0);
    REQUIRE(folder.run("asked").code == 0);
    std::filesystem::create_directories(folder.files() / "runs/asked/stages/label");
    folder.files().write("runs/asked/stages/label/answers.jsonl", "x\n");
    folder.files().write("labels.csv", "file_name,label\nnobody.png,a\n");
    REQUIRE(folder.run("failed").code == 1);
    folder.files().write("runs/damaged/journal.jsonl", "{}\n" + test_line());

    CHECK_THAT(folder.call("gc --runs").output, Contains("deleted 0 runs"));
    const auto dry = folder.call("gc --runs --older-than 0s --dry-run");
    CHECK_THAT(dry.output, Contains("runs/a: would delete ") && Contains("would delete 1 run, "));
    REQUIRE(std::filesystem::exists(folder.files() / "runs/a"));

    const auto end = folder.call("gc --runs --older-than 0s");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("runs/a: deleted ") && Contains("deleted 1 run, "));
    CHECK_THAT(end.output, Contains("runs/asked: kept: it holds labels that were asked for"));
    CHECK_THAT(end.output, Contains("runs/failed: kept: it can be resumed"));
    CHECK_THAT(end.output, Contains("runs/damaged: kept: its journal cannot be read"));
    CHECK_FALSE(std::filesystem::exists(folder.files() / "runs/a"));

    CHECK(folder.call("gc --runs --older-than 0s --unfinished --answers").code == 0);
    CHECK_FALSE(std::filesystem::exists(folder.files() / "runs/asked"));
    CHECK_FALSE(std::filesystem::exists(folder.files() / "runs/failed"));
    CHECK(std::filesystem::exists(folder.files() / "runs/damaged"));
    CHECK(folder.call("gc --answers").code == 2);
    CHECK(folder.call("gc --runs nowhere").code == 1);
}

TEST_CASE("what is not a run, or no whole one, is refused with its place", "[cli]") {
    const RunsFolder folder;
    REQUIRE(folder.run("a").code == 0);
    const auto none = folder.call("diff runs/a runs");
    CHECK(none.code == 1);
    CHECK_THAT(none.output, Contains("runs holds no run; it has no journal.jsonl"));

    std::filesystem::copy(folder.files() / "runs/a", folder.files() / "runs/b");
    folder.files().write("runs/b/metrics.csv", "round,labels,accuracy\n0,6,many\n");
    const auto damaged = folder.call("diff runs/a runs/b");
    CHECK(damaged.code == 1);
    CHECK_THAT(damaged.output, Contains("metrics.csv:2") && Contains("'many' is not a number"));
}

}  // namespace trommel
