// Runs of pipelines that extend others: what they read is frozen with them.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

/// `mine/p.yaml` extends the usual pipeline, whose file lies beside its data.
class ExtendingRun {
public:
    ExtendingRun() {
        test::write_small_pool(folder);
        write_base("rounds: {max: 2}\n");
        folder.write("mine/p.yaml",
                     "extends: ../base.yaml\n"
                     "stages:\n"
                     "  sample: {with: {n_new: 3}}\n"
                     "  stop: {uses: exec.train, from: label, with: {command: [sh, stop.sh]}}\n");
        folder.write("mine/stop.sh", "test -e ../go || exit 1\n");
    }

    void write_base(const std::string& tail) const {
        folder.write("base.yaml", test::small_pipeline(test::usual_stages, tail));
    }

    Finished verb(const std::string& words) const {
        return test::shell("cd '" + folder.path().string() + "' && " TROMMEL_PROGRAM " " + words);
    }

    TempDir folder;
};

}  // namespace

TEST_CASE("a pipeline runs as what it and its base say together", "[cli][extends]") {
    ExtendingRun run;
    run.folder.write("go", "");
    const auto end = run.verb("run mine/p.yaml --quiet --run-dir r");

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(read_file(run.folder / "r/resolved.yaml"),
               Contains("n_new: 3\n") && Contains("file: ../labels.csv\n") &&
                   Contains("embeddings: ../pool.csv\n") && Contains("max: 2\n"));
    CHECK_THAT(run.verb("lint mine/p.yaml").output, Contains("good; 10 stages"));
}

TEST_CASE("a base that has changed is a change of the run", "[cli][extends]") {
    ExtendingRun run;
    CHECK(run.verb("run mine/p.yaml --quiet --run-dir r").code == 1);
    run.folder.write("go", "");
    run.write_base("rounds: {max: 3}\n");

    const auto refused = run.verb("resume r --quiet");
    CHECK(refused.code == 2);
    CHECK_THAT(
        refused.output,
        Contains("rounds.max: was 2, is 3") && Contains("/base.yaml: its content has changed"));
    const auto end = run.verb("resume r --quiet --accept-changes");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(read_file(run.folder / "r/resolved.yaml"), Contains("max: 3\n"));
}

TEST_CASE("a run names the base in which its failing stage appears", "[cli][extends]") {
    ExtendingRun run;
    run.folder.write("mine/p.yaml", "extends: ../base.yaml\n");
    run.folder.write("labels.csv", "file_name,label\ns00.jpg,ape\n");
    const auto end = run.verb("run mine/p.yaml --quiet --run-dir r");

    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("base.yaml:8: stage 'label', round 1:"));
    CHECK_THAT(run.verb("lint mine/p.yaml --json").output, Contains("\"findings\""));
}

}  // namespace trommel
