// What `trommel serve` does with its folder of data.

#include "cli/serving.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace trommel {
namespace {

using Catch::Matchers::Contains;
using test::serving;
using test::shell;
using test::TempDir;

const std::string serve_data = "--data data --listen 127.0.0.1:0";

}  // namespace

TEST_CASE("a second server on the same data does not start, and touches nothing", "[cli]") {
    TempDir folder;
    const auto end = shell(serving(
        folder.path(),
        serve_data,
        "touch data/server/drafts/under-way; timeout 20 " TROMMEL_PROGRAM " serve " + serve_data +
            " 2> second; echo second ended with $?; cat second; ls "
            "data/server/drafts; echo the first is $serve"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("second ended with 1") && Contains("data/server is in use by process ") &&
                   Contains("under-way"));
    const auto first = end.output.substr(end.output.find("the first is ") + 13);
    CHECK_THAT(end.output, Contains("by process " + first.substr(0, first.find('\n')) + ";"));
}

TEST_CASE("the server's folder and database are its owner's alone, old ones too", "[cli]") {
    TempDir folder;
    const auto end = shell(
        "umask 022; cd " + folder.path().string() +
        "; mkdir -p data/server; chmod 755 data/server; touch data/server/platform.db; chmod 644 "
        "data/server/platform.db; " +
        serving(folder.path(),
                serve_data,
                "curl -s -o answer -d '{\"name\":\"abc\"}' $url/v1/datasets; stat -c 'is %a %n' "
                "data/server data/server/platform.db*"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("is 700 data/server\n") && Contains("is 600 data/server/platform.db\n") &&
                   Contains("is 600 data/server/platform.db-wal\n") &&
                   Contains("is 600 data/server/platform.db-shm\n"));
}

}  // namespace trommel
