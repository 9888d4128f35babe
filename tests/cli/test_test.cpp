// `trommel test` as users have it: exit codes, what it prints, what it leaves behind.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;
const std::string source = TROMMEL_SOURCE_DIR;

/// The usual pipeline over the small pool with these tests.
class TestedFile {
public:
    explicit TestedFile(const std::string& tests, const std::string& stages = test::usual_stages) {
        test::write_small_pool(folder);
        folder.write("p.yaml", test::small_pipeline(stages, "rounds: {max: 3}\n" + tests));
        std::filesystem::create_directory(folder / "scratch");
    }

    Finished verb(const std::string& words) const {
        return test::shell("cd '" + folder.path().string() + "' && TMPDIR=$PWD/scratch " + program +
                           " " + words);
    }

    bool left_nothing() const { return std::filesystem::is_empty(folder / "scratch"); }

    TempDir folder;
};

constexpr auto good_and_bad =
    "tests:\n"
    "  grows: {rounds: {max: 1}, expect: {that: state.labeled.count == 10}}\n"
    "  grows too much:\n"
    "    rounds: {max: 1}\n"
    "    expect:\n"
    "      that:\n"
    "        - round == 1\n"
    "        - state.labeled.count == 11\n";

}  // namespace

TEST_CASE("the tests of the digits pass", "[cli][tests]") {
    const auto end = test::shell(program + " test " + source + "/pipelines/digits.yaml");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("ok      learns within two rounds") &&
                   Contains("ok      goes on where it was killed"));
}

TEST_CASE("a test that fails says where and what was there instead", "[cli][tests]") {
    const TestedFile file(good_and_bad);

    const auto end = file.verb("test p.yaml");

    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("ok      grows  "));
    CHECK_THAT(end.output,
               Contains("FAILED  grows too much  ") &&
                   Contains("p.yaml:27:11: 'state.labeled.count == 11' does not hold: "
                            "state.labeled.count is 10\n") &&
                   Contains("1 of 2 tests failed"));
    CHECK(file.left_nothing());
}

TEST_CASE("tests are chosen by name and told as JSON", "[cli][tests]") {
    const TestedFile file(good_and_bad);
    const auto one = file.verb("test p.yaml grows --json");
    CHECK(one.code == 0);
    CHECK_THAT(one.output,
               Contains("\"name\": \"grows\"") && Contains("\"passed\": true") &&
                   Contains("\"rounds\": 1") && !Contains("grows too much"));
    CHECK_THAT(file.verb("test p.yaml --json").output,
               Contains("\"passed\": false") && Contains("\"line\": 27"));
    CHECK(file.verb("test p.yaml 'grows too much' --set n_new=5").code == 0);
}

TEST_CASE("a file without tests, with bad ones, or without the one asked for is refused",
          "[cli][tests]") {
    const auto none = TestedFile("").verb("test p.yaml");
    CHECK(none.code == 2);
    CHECK_THAT(none.output, Contains("p.yaml has no tests: write one into it"));

    const auto bad = TestedFile("tests:\n  a: {faults: [{fault: transient, stage: uplaod}]}\n")
                         .verb("test p.yaml");
    CHECK(bad.code == 2);
    CHECK_THAT(bad.output, Contains("p.yaml:21:42: error[unknown-stage]") && Contains("'upload'"));

    const auto unknown = TestedFile(good_and_bad).verb("test p.yaml grow");
    CHECK(unknown.code == 2);
    CHECK_THAT(unknown.output, Contains("p.yaml has no test 'grow'; did you mean 'grows'?"));
}

TEST_CASE("a signal ends a test and the programs that it runs", "[cli][tests]") {
    const TestedFile file(
        "tests: {waits: {}}\n",
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  label: {uses: exec.label, from: fetch, with: {command: [sh, -c, 'echo $$ > pid; exec "
        "sleep 600'], grace: 100ms}}\n");
    const auto end =
        test::shell("cd '" + file.folder.path().string() + "'; TMPDIR=$PWD/scratch " + program +
                    " test p.yaml & test=$!; for i in $(seq 500); do test -s pid && "
                    "break; sleep 0.02; done; kill $test; wait $test; code=$?; kill "
                    "-0 $(cat pid) && echo 'it still runs'; exit $code");
    INFO(end.output);
    CHECK(end.code == 3);
    CHECK_THAT(end.output, Contains("test 'waits' was stopped") && !Contains("it still runs"));
    CHECK(file.left_nothing());
}

}  // namespace trommel
