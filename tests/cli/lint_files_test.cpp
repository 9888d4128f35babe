// Files that a pipeline names: who opens them before anything runs, and who leaves them alone.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/utf8.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::shell;
using test::TempDir;

namespace {

/// The usual loop, whose embeddings are in the file of this name.
class NamingRun {
public:
    explicit NamingRun(const std::string& embeddings) {
        test::write_small_pool(folder);
        auto text = test::small_pipeline(test::usual_stages,
                                         "rounds: {max: 1}\nschedule: {every: 6h}\n"
                                         "matrix: {seed: [1, 2]}\ntests: {t: {}}\n");
        text.replace(text.find("pool.csv"), 8, embeddings);
        folder.write("p.yaml", text);
    }

    test::Finished verb(const std::string& line) const {
        return shell("cd '" + folder.path().string() + "' && " TROMMEL_PROGRAM " " + line);
    }

    TempDir folder;
};

}  // namespace

TEST_CASE("who is about to read a file finds before anything runs that it is not there", "[cli]") {
    const NamingRun run("polo.csv");
    for (const std::string line : {"lint p.yaml", "run p.yaml", "sweep p.yaml", "test p.yaml"}) {
        const auto end = run.verb(line);
        INFO(line);
        INFO(end.output);
        CHECK(end.code == 2);
        CHECK_THAT(end.output,
                   Contains("p.yaml:3:") && Contains("error[missing-file]") &&
                       Contains("did you mean 'pool.csv'?"));
    }
    CHECK_FALSE(std::filesystem::exists(run.folder / "runs"));
    CHECK_FALSE(std::filesystem::exists(run.folder / "sweeps"));
}

TEST_CASE("who reads none of them does not ask for them", "[cli]") {
    const NamingRun run("polo.csv");
    for (const std::string line :
         {"lint --no-files p.yaml", "plan p.yaml", "schedule p.yaml --next 1"}) {
        const auto end = run.verb(line);
        INFO(line);
        INFO(end.output);
        CHECK(end.code == 0);
    }
}

TEST_CASE("a file of another format is called by its name, and no byte of it is printed", "[cli]") {
    const NamingRun run("e.npy");
    run.folder.write("e.npy", std::string("\x93NUMPY\x01\x00v\x00{'descr': '<f4'\xFF\x1B[2J", 30));
    for (const std::string line : {"lint p.yaml", "run p.yaml"}) {
        const auto end = run.verb(line);
        INFO(end.output);
        CHECK(end.code == 2);
        CHECK_THAT(end.output, Contains("error[wrong-file]") && Contains("is a NumPy array"));
        CHECK(is_valid_utf8(end.output));
    }
}

}  // namespace trommel
