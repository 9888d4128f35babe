// What the program writes to: full, slow, gone or closed, it costs no run and no file.

#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace trommel {
namespace {

using Catch::Matchers::Contains;
using test::shell;
using test::TempDir;

const std::string program = TROMMEL_PROGRAM;
const std::string source = TROMMEL_SOURCE_DIR;

/// Shell: runs the loop of the digits in `folder`, with its streams as `streams` says.
std::string run_with(const TempDir& folder, const std::string& streams) {
    return "cd " + folder.path().string() + " && " + program + " init > listing 2>&1 && " +
           program + " run digits.yaml " + streams;
}

bool is_finished(const TempDir& folder) {
    return shell(program + " status " + folder.path().string() + "/runs/*")
               .output.find(": finished") != std::string::npos;
}

}  // namespace

TEST_CASE("who reads only the first results ends the program quietly", "[cli]") {
    for (const std::string verb : {"components", "schema", "--help", "components --json"}) {
        const auto end = shell("bash -c 'set -o pipefail; " + program + " " + verb + " | true'");
        INFO(verb);
        CHECK((end.code == 141 || end.code == 0));
        CHECK(end.output.empty());
    }
}

TEST_CASE("results that cannot be written are an error", "[cli]") {
    for (const std::string verb : {"components", "schema", "--help"}) {
        const auto end = shell(program + " " + verb + " > /dev/full");
        CHECK(end.code == 1);
        CHECK_THAT(end.output, Contains("cannot write the results to standard output"));
    }
}

TEST_CASE("a run goes on where nobody can read its progress", "[cli]") {
    for (const std::string streams : {"2>/dev/full",
                                      "2>&-",
                                      "2>&- >&- <&-",
                                      "2>&1 >/dev/null | true; sleep 0.1",
                                      "> /dev/null 2> >(exec sleep 0)"}) {
        TempDir folder;
        INFO(streams);
        shell("bash -c '" + run_with(folder, streams) + "'");
        // The pipe's other end is waited for, the run behind it is not.
        for (int i = 0; i < 100 && !is_finished(folder); ++i) shell("sleep 0.1");
        CHECK(is_finished(folder));
    }
}

TEST_CASE("a run does not wait for who has stopped reading its progress", "[cli]") {
    TempDir folder;
    const auto end =
        shell("bash -c 'mkfifo " + folder.path().string() + "/pipe; sleep 60 < " +
              folder.path().string() + "/pipe & reader=$!; exec 7> " + folder.path().string() +
              "/pipe; head -c 65536 /dev/zero >&7; timeout 30 bash -c \"" +
              run_with(folder, "2>&7") + "\"; code=$?; kill $reader; exit $code'");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(is_finished(folder));
}

TEST_CASE("a stream that is closed at the start is not a file's descriptor", "[cli]") {
    TempDir folder;
    const auto end =
        shell("cd " + folder.path().string() + "; " + program + " init >&- 2>&- <&-; " + program +
              " run digits.yaml 2>&- >&- <&- & run=$!; "
              "for i in 0 1 2; do readlink /proc/$run/fd/$i; done; wait $run");
    CHECK(end.code == 0);
    CHECK(is_finished(folder));
    CHECK_THAT(end.output, !Contains(folder.path().string()));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
        if (entry.path().extension() == ".db" || entry.path().extension() == ".jsonl")
            CHECK_THAT(read_file(entry.path()), !Contains("round 1/"));
}

}  // namespace trommel
