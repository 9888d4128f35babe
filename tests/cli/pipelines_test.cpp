// The pipelines that people start from really run, the large ones on a part of their data.

#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::shell;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;
const std::string source = TROMMEL_SOURCE_DIR;

std::vector<std::string> lines_of(const std::filesystem::path& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The pipelines over digits, 2,000 of the letters, and digits in the form of Fashion-MNIST, which
/// has as many dimensions; 400 of them as its test images.
class Pipelines {
public:
    Pipelines() {
        const std::string from = source + "/pipelines";
        const std::string fashion = "data/fashion-mnist/fashion-mnist";
        in_folder("cp " + from + "/*.yaml . && mkdir -p data/fashion-mnist && cp " + from +
                  "/data/digits* data && for f in letter letter-labels; do head -n 2001 " + from +
                  "/data/$f.csv > data/$f.csv; done && cp data/digits.csv " + fashion +
                  ".csv && cp data/digits-labels.csv " + fashion +
                  "-labels.csv && tail -n 400 data/digits-names.txt > " + fashion + "-test.txt");
    }

    Finished trommel(const std::string& arguments) const {
        return in_folder(program + " " + arguments);
    }
    Finished in_folder(const std::string& line) const {
        return shell("cd '" + folder_.path().string() + "' && " + line);
    }
    std::filesystem::path file(const std::string& name) const { return folder_ / name; }

    /// All rows that a run of batch-scoring.yaml has written, sorted.
    std::vector<std::string> scores(const std::string& run, int shards) const {
        std::vector<std::string> rows;
        for (int shard = 1; shard <= shards; ++shard) {
            const auto lines =
                lines_of(file(run + "/stages/write/scores-" + std::to_string(shard) + ".csv"));
            CHECK(lines.at(0) == "file_name,uncertainty_margin,uncertainty_entropy");
            rows.insert(rows.end(), lines.begin() + 1, lines.end());
        }
        std::ranges::sort(rows);
        return rows;
    }

private:
    TempDir folder_;
};

}  // namespace

TEST_CASE("every pipeline runs", "[cli]") {
    const Pipelines pipelines;
    for (const auto& entry : std::filesystem::directory_iterator(source + "/pipelines")) {
        const auto name = entry.path().filename().string();
        const bool needs_server = name == "nightly-server.yaml" || name == "model-server.yaml";
        if (entry.path().extension() != ".yaml" || needs_server) continue;
        const std::string part = name == "aubc-benchmark.yaml" ? " --set batch=400" : "";
        const auto end =
            pipelines.trommel("run " + name + part + " --quiet --run-dir runs/" + name);
        INFO(name);
        INFO(end.output);
        CHECK(end.code == 0);
        CHECK(std::filesystem::exists(pipelines.file("runs/" + name + "/report.html")));
    }
}

TEST_CASE("strategies are swept on digits, letters and Fashion-MNIST", "[cli]") {
    const Pipelines pipelines;
    const std::vector<std::string> all{
        "random", "auto", "coral", "coreset", "dmbal", "margin", "typiclust"};
    const std::vector<std::pair<std::string, std::vector<std::string>>> sweeps{
        {"strategies.yaml", all},
        {"strategies.yaml --set embeddings=data/letter.csv --set labels=data/letter-labels.csv",
         all},
        {"cold-start.yaml",
         {"first=random later=random", "first=coreset later=dmbal", "first=typiclust later=dmbal"}},
        {"fashion-mnist.yaml", {"RANDOM", "CORESET", "CORAL", "ACTIVE_LEARNING"}}};
    for (const auto& [sweep, ways] : sweeps) {
        const auto end = pipelines.trommel("sweep " + sweep + " --set seed=1 --quiet --dir s");
        INFO(sweep);
        INFO(end.output);
        CHECK(end.code == 0);
        for (const auto& way : ways) CHECK_THAT(end.output, Contains("\n" + way + " "));
        std::filesystem::remove_all(pipelines.file("s"));
    }
}

TEST_CASE("the AUBC benchmark queries until the pool is empty", "[cli]") {
    const Pipelines pipelines;
    const auto end =
        pipelines.trommel("sweep aubc-benchmark.yaml --set seed=1 --set batch=211 --quiet --dir s");
    INFO(end.output);
    CHECK(end.code == 0);
    const auto rows = lines_of(pipelines.file("s/sweep.csv"));
    CHECK(rows.size() ==
          1 + 2 * 7);  // measured on 20, then five times 211 more, then all of the 60 %
    CHECK_THAT(rows.back(), Contains(",1078,"));
}

TEST_CASE("the nightly loop has its next nights", "[cli]") {
    const Pipelines pipelines;
    const auto end = pipelines.trommel("schedule nightly.yaml --next 2");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("02:30"));
}

TEST_CASE("a night goes on from what the night before has labelled", "[cli]") {
    const Pipelines pipelines;
    REQUIRE(pipelines.trommel("run nightly.yaml --quiet --run-dir one --set budget=60").code == 0);
    REQUIRE(pipelines.trommel("run nightly.yaml --quiet --run-dir two --set budget=60").code == 0);
    const auto first = lines_of(pipelines.file("one/metrics.csv"));
    const auto second = lines_of(pipelines.file("two/metrics.csv"));
    const auto measured_on = [](const std::string& row) { return row.substr(row.find(',') + 1); };
    CHECK_THAT(first.at(1), Contains("0,20,"));
    CHECK(measured_on(second.at(1)) == measured_on(first.back()));
    CHECK_THAT(first.back(), Contains(",60,"));
    CHECK_THAT(second.back(), Contains(",120,"));  // the second night has its own budget
}

TEST_CASE("against a server the nightly loop chooses what it chooses by itself", "[cli]") {
    const Pipelines pipelines;
    const std::string run = " --quiet --set budget=60 --run-dir ";
    const std::string secret = "whsec_MDEyMzQ1Njc4OUFCQ0RFRmdoaWprbG1u";
    // Nobody hears the webhook of the first night.
    const auto end = pipelines.in_folder(
        "export TROMMEL_TOKEN=a-long-secret-of-22-letters TROMMEL_HOOK_SECRET=" + secret +
        " TROMMEL_HOOK_URL=http://127.0.0.1:1; " + program +
        " serve --data served --listen 127.0.0.1:0 2> log & serve=$!; for i in $(seq 1200); do "
        "TROMMEL_URL=$(sed -n 's/.*answers at //p' log 2> /dev/null); [ -n \"$TROMMEL_URL\" ] && "
        "break; sleep 0.05; done; export TROMMEL_URL; " +
        program + " run nightly-server.yaml" + run + "far; { python3 " + source +
        "/tests/cli/webhook_receiver.py " + secret +
        " & } && until test -e url; do sleep 0.05; done; TROMMEL_HOOK_URL=$(cat url) " + program +
        " run nightly-server.yaml" + run +
        "farther; code=$?; kill $serve; wait $serve; cat log; "
        "exit $code");
    INFO(end.output);
    REQUIRE(end.code == 0);
    REQUIRE(pipelines.trommel("run nightly.yaml" + run + "near").code == 0);
    REQUIRE(pipelines.trommel("run nightly.yaml" + run + "nearer").code == 0);
    for (const auto& [far, near] : {std::pair("far", "near"), std::pair("farther", "nearer")}) {
        const auto picks = lines_of(pipelines.file(std::string(far) + "/picks.csv"));
        CHECK(picks.size() > 40);
        CHECK(picks == lines_of(pipelines.file(std::string(near) + "/picks.csv")));
    }
    const auto events = pipelines.in_folder("cat far/events.jsonl").output;
    CHECK_THAT(events, Contains("hook 'tell' on run_finished: did not take it"));
    const auto told = lines_of(pipelines.file("told"));
    CHECK(told.size() > 3);
    CHECK(told.front() == "run_started ");
    CHECK(told.back() == "run_finished ");
}

TEST_CASE("shards together score what the whole file scores", "[cli]") {
    const Pipelines pipelines;
    REQUIRE(pipelines.trommel("run batch-scoring.yaml --quiet --run-dir eight").code == 0);
    REQUIRE(pipelines.trommel("run batch-scoring.yaml --quiet --run-dir one --set shards=1").code ==
            0);
    const auto whole = pipelines.scores("one", 1);
    CHECK(whole.size() == 1797);
    CHECK(pipelines.scores("eight", 8) == whole);
}

TEST_CASE("a batch run that was cut off goes on at its shard", "[cli]") {
    const Pipelines pipelines;
    std::filesystem::create_directories(pipelines.file("cut/stages/write/scores-3.csv"));
    const auto cut = pipelines.trommel("run batch-scoring.yaml --quiet --run-dir cut");
    CHECK(cut.code == 1);
    CHECK_THAT(cut.output, Contains("scores-3.csv"));
    std::filesystem::remove(pipelines.file("cut/stages/write/scores-3.csv"));
    const auto first = pipelines.file("cut/stages/write/scores-1.csv");
    const auto written = std::filesystem::last_write_time(first);

    const auto end = pipelines.trommel("resume cut --quiet");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(std::filesystem::last_write_time(first) == written);
    REQUIRE(pipelines.trommel("run batch-scoring.yaml --quiet --run-dir one --set shards=1").code ==
            0);
    CHECK(pipelines.scores("cut", 8) == pipelines.scores("one", 1));
}

TEST_CASE("what no shard has, or two have, ends a batch run", "[cli]") {
    const Pipelines pipelines;
    pipelines.in_folder("echo no-such.png >> data/digits-names.txt");
    const auto missing = pipelines.trommel("run batch-scoring.yaml --quiet");
    CHECK(missing.code == 1);
    CHECK_THAT(missing.output, Contains("no-such.png") && Contains("came without a prediction"));

    pipelines.in_folder(
        "sed -i '$d' data/digits-names.txt && head -n 1 data/digits-predictions.jsonl > again && "
        "cat again >> data/digits-predictions.jsonl");
    const auto twice = pipelines.trommel("run batch-scoring.yaml --quiet");
    CHECK(twice.code == 1);
    // The stage that reads the shard finds it, or the one that writes the scores, whichever is
    // first.
    CHECK_THAT(twice.output,
               Contains("digit-0000.png") && (Contains("twice") || Contains("was scored before")));

    const auto csv = pipelines.trommel("lint batch-scoring.yaml --set predictions=data/p.csv");
    CHECK(csv.code == 2);
    CHECK_THAT(csv.output, Contains("a CSV file has no shards"));
    pipelines.in_folder(
        "head -n 3 data/digits-names.txt > few.txt && head -n 3 "
        "data/digits-predictions.jsonl > few.jsonl");
    const auto few = pipelines.trommel(
        "run batch-scoring.yaml --quiet --set names=few.txt --set predictions=few.jsonl");
    CHECK(few.code == 1);
    CHECK_THAT(few.output, Contains("take fewer shards"));
}

TEST_CASE("a pool is read from embeddings or from names, and without the former nothing is trained",
          "[cli]") {
    const Pipelines pipelines;
    pipelines.in_folder(
        "sed 's/^  name: batch-scoring/&\\n  embeddings: data\\/digits.csv/' "
        "batch-scoring.yaml > both.yaml");
    const auto both = pipelines.trommel("lint both.yaml");
    CHECK(both.code == 2);
    CHECK_THAT(both.output, Contains("the dataset has the names that 'embeddings' has"));

    pipelines.in_folder(
        "sed 's/^  embeddings: .*/  names: data\\/digits-names.txt/' digits.yaml > trained.yaml");
    const auto trained = pipelines.trommel("run trained.yaml --quiet");
    CHECK(trained.code == 2);
    CHECK_THAT(trained.output,
               Contains("'train' needs embeddings, and the dataset has names alone"));

    pipelines.in_folder("{ cat trained.yaml; echo 'platform: {embedded: kept.db}'; } > kept.yaml");
    const auto kept = pipelines.trommel("run kept.yaml --quiet");
    CHECK(kept.code == 1);
    CHECK_THAT(kept.output, Contains("dataset 'digits' has no embeddings"));
}

TEST_CASE("detections of a model server are scored and chosen from", "[cli]") {
    const Pipelines pipelines;
    const auto end = pipelines.in_folder(
        "{ " + std::string(TROMMEL_MODEL_SERVER) +
        " 0 > url.txt 2> err.txt & server=$!; trap 'kill $server' EXIT; for i in $(seq 200); do [ "
        "-s url.txt "
        "] && break; sleep 0.05; done; " +
        program + " run model-server.yaml --quiet --run-dir runs/m --set url=$(cat url.txt); }");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(std::filesystem::exists(pipelines.file("runs/m/report.html")));
}

}  // namespace trommel
