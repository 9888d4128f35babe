// Sweeps against a server: cells that run beside each other on one dataset, and sweeps after
// sweeps.
#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "support/temp_dir.hpp"
#include "wire/served.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace trommel::test {

using Catch::Matchers::Contains;

namespace {

const std::string four_cells =
    "rounds: {max: 2}\n"
    "matrix: {method: [CORAL, ACTIVE_LEARNING], seed: [1, 2]}\n";

/// `NAME.yaml` in one process and `far-NAME.yaml` against a server.
class Sweeps {
public:
    Sweeps() { write_small_pool(folder_); }

    void write(const std::string& name, const std::string& stages, const std::string& tail) const {
        const auto text = small_pipeline(stages, tail);
        folder_.write(name + ".yaml", text);
        folder_.write("far-" + name + ".yaml", text + "platform: {url: '" + served_.url() + "'}\n");
    }

    /// Sweeps NAME.yaml into the folder NAME, four cells at once.
    Finished sweep(const std::string& name) const {
        return in_folder(TROMMEL_PROGRAM " sweep " + name + ".yaml --jobs 4 --dir " + name);
    }

    /// What it measured, and what its cells picked.
    std::string results(const std::string& name) const {
        return in_folder("cat " + name + "/sweep.csv && cd " + name +
                         "/cells && grep '' */picks.csv")
            .output;
    }

    void check_same_results(const std::string& name) const {
        for (const auto& each : {name, "far-" + name}) {
            const auto end = sweep(each);
            INFO(end.output);
            CHECK(end.code == 0);
        }
        CHECK(results("far-" + name) == results(name));
    }

    Finished in_folder(const std::string& line) const {
        return shell("cd '" + folder_.path().string() + "' && " + line);
    }
    const Served& served() const { return served_; }

private:
    TempDir folder_;
    Served served_{folder_ / "served"};
};

}  // namespace

TEST_CASE("a sweep measures and picks over a server what it does in one process", "[wire]") {
    const Sweeps sweeps;
    sweeps.write("p", usual_stages, four_cells);
    sweeps.check_same_results("p");
    CHECK(sweeps.results("p").size() > 1000);
    CHECK(sweeps.served().ask("SELECT count(*) FROM jobs") == "8\n");
    CHECK(sweeps.served().ask("SELECT count(*) FROM datasets") == "1\n");
}

TEST_CASE("a sweep of another pipeline takes nothing that one before it left on the server",
          "[wire]") {
    const Sweeps sweeps;
    sweeps.write("p", usual_stages, four_cells);
    sweeps.check_same_results("p");
    // The params, by which cells are known, are the same.
    auto stages = usual_stages;
    stages.replace(stages.find("from: label}"), 12, "from: label, with: {c: 0.001}}");
    sweeps.write("q", stages, four_cells);
    sweeps.check_same_results("q");
    CHECK(sweeps.results("q") != sweeps.results("p"));
}

TEST_CASE("cells of a sweep share no state that a server keeps", "[wire]") {
    const Sweeps sweeps;
    sweeps.write(
        "p", usual_stages, four_cells + "state: {labeled: {tag: kept, init: {random: 6}}}\n");
    sweeps.in_folder("sed -i '0,/^state: /{/^state: /d}' far-p.yaml");
    const auto end = sweeps.sweep("far-p");
    CHECK(end.code == 2);
    CHECK_THAT(end.output, Contains("would share the state 'labeled'") && Contains("'kept'"));

    sweeps.in_folder(
        "sed -i 's/tag: kept/tag: \"kept ${params.method} ${params.seed}\"/' far-p.yaml");
    CHECK(sweeps.sweep("far-p").code == 0);
}

TEST_CASE("a run completes the samples that one that was cut off has begun to add", "[wire]") {
    const Sweeps sweeps;
    sweeps.write("p", usual_stages, "rounds: {max: 1}\n");
    const auto post = [&](const std::string& path, const std::string& json) {
        const auto end = sweeps.in_folder("curl -sSf -H 'Content-Type: application/json' -d '" +
                                          json + "' " + sweeps.served().url() + "/v1/" + path);
        REQUIRE(end.code == 0);
        return end.output;
    };
    const auto made = post("datasets", R"({"name": "small", "type": "Images"})");
    const auto dataset = "datasets/" + made.substr(made.find(':') + 2, 24);
    for (const auto* name : {"s00.jpg", "s01.jpg"})
        post(dataset + "/samples", "{\"fileName\": \"" + std::string(name) + "\"}");

    const auto run = [&] {
        return sweeps.in_folder(TROMMEL_PROGRAM " run far-p.yaml --quiet").output;
    };
    CHECK_THAT(run(), !Contains("error"));
    CHECK(sweeps.served().ask("SELECT count(*) FROM samples") == "60\n");

    // Once there is the initial tag, the dataset is what it is.
    sweeps.in_folder("sed -i '$d' pool.csv");
    CHECK_THAT(run(), Contains("dataset 'small' with other samples than pool.csv"));
}

}  // namespace trommel::test
