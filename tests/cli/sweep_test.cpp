// Sweeps as users have them: exit codes, tables, interruption, kill -9, going on.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace trommel {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::Finished;
using test::shell;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;

constexpr auto two_ways =
    "rounds: {max: 2}\n"
    "matrix: {method: [RANDOM, ACTIVE_LEARNING], seed: [1, 2]}\n"
    "baseline: {method: RANDOM}\n";

/// Labels by a program, so that a test can slow one cell down or make it fail.
std::string labels_by_program() {
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  label: {uses: exec.label, from: fetch, with: {command: [sh, label.sh, "
           "'${params.seed}'], grace: 100ms}}\n" +
           test::usual_stages.substr(test::usual_stages.find("  train:"));
}

constexpr auto label_all = "sed -E 's/\\}$/,\"label\":\"ape\"}/'\n";

std::string read(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// A folder with a pool and `p.yaml`, where `trommel sweep` is called.
class SweepFolder {
public:
    explicit SweepFolder(const std::string& tail = two_ways,
                         const std::string& stages = test::usual_stages) {
        test::write_small_pool(folder_);
        folder_.write("p.yaml", test::small_pipeline(stages, tail));
    }

    Finished sweep(const std::string& arguments = "") const {
        return in_folder(program + " sweep p.yaml " + arguments);
    }
    Finished in_folder(const std::string& line) const {
        return shell("cd '" + path().string() + "'; " + line);
    }
    std::string left(const std::string& name) const { return read(path() / name); }
    void write(const std::string& name, const std::string& text) { folder_.write(name, text); }
    const std::filesystem::path& path() const { return folder_.path(); }

private:
    TempDir folder_;
};

/// Shell: waits until the line before it, put into the background, has ended `count` cells in `s`.
std::string when_ended(int count, const std::string& then) {
    return "& sweep=$!; for i in $(seq 1200); do test $(ls s/cells/*/cell.json 2>/dev/null | wc "
           "-l) -ge " +
           std::to_string(count) + " && break; sleep 0.05; done; sleep 0.2; " + then +
           "; wait $sweep";
}

}  // namespace

TEST_CASE("a sweep prints its comparison and leaves its tables", "[cli]") {
    const SweepFolder folder;
    const auto end = folder.sweep("--jobs 2");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("4 cells, 0 of them done before"));
    CHECK_THAT(end.output, Contains("AUBC") && Contains("win/tie/loss"));
    CHECK_THAT(end.output, Contains("ACTIVE_LEARNING over RANDOM"));
    CHECK_THAT(folder.left("sweeps/small/sweep.csv"),
               StartsWith("cell,method,seed,round,labels,accuracy\n"));
    CHECK_THAT(folder.left("sweeps/small/comparison.csv"), Contains("\nRANDOM,RANDOM,2,"));
    CHECK_THAT(folder.left("sweeps/small/sweep.html"), Contains("<svg"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "sweeps/small/cells/platform.db"));

    const auto again = folder.sweep("--quiet --json --target 0.5");
    CHECK(again.code == 0);
    CHECK_THAT(again.output, Contains("\"finished\": 4") && Contains("\"target\": 5E-1"));
    CHECK_THAT(again.output, Contains("\"conclusion\": "));
}

TEST_CASE("one and two cells at a time give the same table", "[cli]") {
    const SweepFolder folder;
    REQUIRE(folder.sweep("--quiet --jobs 1 --dir one").code == 0);
    REQUIRE(folder.sweep("--quiet --jobs 2 --dir two").code == 0);
    CHECK(folder.left("one/sweep.csv") == folder.left("two/sweep.csv"));
    CHECK(folder.left("one/comparison.csv") == folder.left("two/comparison.csv"));
}

TEST_CASE("wrong usage of sweep has exit code 2 and says what is right", "[cli]") {
    const SweepFolder folder;
    const auto metric = folder.sweep("--metric recall");
    CHECK(metric.code == 2);
    CHECK_THAT(metric.output, Contains("--metric recall: give one of accuracy"));
    CHECK(folder.sweep("--jobs 0").code == 2);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "sweeps"));

    const SweepFolder plain("rounds: {max: 1}\n");
    const auto none = plain.sweep();
    CHECK(none.code == 2);
    CHECK_THAT(none.output, Contains("has no 'matrix'") && Contains("or use 'run'"));
}

TEST_CASE("a sweep that is killed goes on to the same table", "[cli]") {
    SweepFolder folder(
        "rounds: {max: 2}\n"
        "matrix: {seed: {from: 1, to: 4}}\n",
        labels_by_program());
    folder.write("label.sh", label_all);
    REQUIRE(folder.sweep("--quiet --dir whole").code == 0);

    folder.write("label.sh",
                 std::string("test \"$1\" -lt 3 || test -e pass || exec sleep 60\n") + label_all);
    const auto killed = folder.in_folder(program + " sweep p.yaml --jobs 1 --dir s " +
                                         when_ended(2, "kill -9 $sweep"));
    CHECK(killed.code == 137);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "s/sweep.csv"));

    folder.write("pass", "");
    const auto rest = folder.sweep("--dir s");
    INFO(rest.output);
    CHECK(rest.code == 0);
    CHECK_THAT(rest.output, Contains("4 cells, 2 of them done before"));
    CHECK(folder.left("s/sweep.csv") == folder.left("whole/sweep.csv"));
}

TEST_CASE("an interrupted sweep keeps its finished cells and exits with 3", "[cli]") {
    SweepFolder folder("rounds: {max: 2}\nmatrix: {seed: {from: 1, to: 4}}\n", labels_by_program());
    folder.write("label.sh", std::string("test \"$1\" -lt 3 || exec sleep 60\n") + label_all);
    const auto end = folder.in_folder(program + " sweep p.yaml --jobs 1 --dir s " +
                                      when_ended(2, "kill -INT $sweep"));
    INFO(end.output);
    CHECK(end.code == 3);
    CHECK_THAT(end.output, Contains("2 of 4 cells are done; the same command goes on, in s"));
    CHECK_THAT(end.output, Contains("2 of 4 cells have no result."));
}

TEST_CASE("a cell that fails is listed, stops no other, and is retried when asked", "[cli]") {
    SweepFolder folder("rounds: {max: 2}\nmatrix: {seed: {from: 1, to: 3}}\n", labels_by_program());
    const auto label = [](const std::string& condition) {
        return condition + " || { echo no ink >&2; exit 9; }\n" + label_all;
    };
    folder.write("label.sh", label("test \"$1\" -ne 2"));
    const auto end = folder.sweep("--jobs 1");
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("3/3 cells, 1 failed"));
    CHECK_THAT(end.output, Contains("failed: ") && Contains("no ink"));

    folder.write("label.sh", label_all);
    CHECK_THAT(folder.sweep().output, Contains("3 cells, 3 of them done before"));
    CHECK(folder.sweep().code == 1);
    const auto retried = folder.sweep("--retry-failed");
    CHECK(retried.code == 0);
    CHECK_THAT(retried.output, Contains("3 cells, 2 of them done before"));
}

}  // namespace trommel
