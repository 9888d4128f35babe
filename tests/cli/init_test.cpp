// What `trommel init` writes, and that it runs.

#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::shell;
using test::TempDir;

namespace {

Finished in(const TempDir& folder, const std::string& arguments) {
    return shell("cd '" + folder.path().string() + "' && " TROMMEL_PROGRAM " " + arguments);
}

}  // namespace

TEST_CASE("each example runs straight away", "[cli]") {
    const TempDir folder;
    const std::pair<std::string, std::string> examples[] = {
        {"loop", "run loop/digits.yaml"},
        {"batch", "run batch/batch-scoring.yaml"},
        {"sweep", "sweep sweep/strategies.yaml --set seed=1"}};
    for (const auto& [name, command] : examples) {
        const auto end = in(folder, "init " + name + " --example " + name);
        INFO(end.output);
        CHECK(end.code == 0);
        CHECK_THAT(end.output, Contains("Now: trommel " + command.substr(0, command.find(" --"))));
        const auto ran = in(folder, command + " --quiet");
        INFO(ran.output);
        CHECK(ran.code == 0);
    }
}

TEST_CASE("init writes the pipelines of this repository, here if no folder is named", "[cli]") {
    const TempDir folder;
    REQUIRE(in(folder, "init").code == 0);
    CHECK(shell("cd '" + folder.path().string() + "' && for f in $(find . -type f); do cmp $f " +
                TROMMEL_SOURCE_DIR + "/pipelines/$f || exit 1; done")
              .code == 0);
    CHECK(std::filesystem::exists(folder / "digits.yaml"));
}

TEST_CASE("init overwrites nothing", "[cli]") {
    const TempDir folder;
    folder.write("data/digits-labels.csv", "mine");
    const auto end = in(folder, "init . --example sweep");
    CHECK(end.code == 2);
    CHECK_THAT(end.output, Contains("digits-labels.csv is there already"));
    CHECK_FALSE(std::filesystem::exists(folder / "strategies.yaml"));
    CHECK(std::filesystem::file_size(folder / "data/digits-labels.csv") == 4);
    CHECK(in(folder, "init --example bath").code == 2);
}

}  // namespace trommel
