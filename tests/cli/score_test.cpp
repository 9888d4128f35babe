// trommel score as users have it.

#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace trommel {

using Catch::Matchers::Contains;
using test::TempDir;

namespace {

std::string read(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// Runs it in the folder.
test::Finished score(const TempDir& folder, const std::string& arguments) {
    return test::shell("cd '" + folder.path().string() + "' && '" + TROMMEL_PROGRAM + "' score " +
                       arguments);
}

}  // namespace

TEST_CASE("score reads every task's records and writes rows that read back", "[cli]") {
    const TempDir folder;
    folder.write("c.jsonl", R"({"file_name": "a.jpg", "probabilities": [0.75, 0.25]})");
    folder.write(
        "d.jsonl",
        R"({"file_name": "a.jpg", "boxes": [[0, 0, 0.5, 1]], "object_probabilities": [0.5], "class_probabilities": [[0.5, 0.5]]})");
    folder.write("s.jsonl", R"({"file_name": "a.png", "probabilities": [[[0.5, 0.5], [1, 0]]]})");
    folder.write("k.jsonl",
                 R"({"file_name": "a.jpg", "predictions": [{"keypoints": [1, 2, 0.5]}]})");
    CHECK(score(folder,
                "--task classification --input c.jsonl --score uncertainty_margin --output o.csv")
              .code == 0);
    CHECK(read(folder / "o.csv") == "file_name,uncertainty_margin\na.jpg,0.5\n");
    CHECK(score(folder,
                "--task object-detection --input d.jsonl --score objectness_least_confidence "
                "--output o.csv")
              .code == 0);
    CHECK(read(folder / "o.csv") == "file_name,objectness_least_confidence\na.jpg,0.75\n");
    CHECK(score(folder,
                "--task semantic-segmentation --input s.jsonl --score uncertainty_margin --output "
                "o.csv")
              .code == 0);
    CHECK(read(folder / "o.csv") == "file_name,uncertainty_margin\na.png,0.5\n");
    CHECK(score(folder, "--task keypoint-detection --input k.jsonl --output o.jsonl").code == 0);
    CHECK(read(folder / "o.jsonl") == "{\"file_name\": \"a.jpg\", \"mean_uncertainty\": 0.5}\n");
}

TEST_CASE("score --json sums up, and --help has an example of each task", "[cli]") {
    const TempDir folder;
    folder.write("c.jsonl", R"({"file_name": "a.jpg", "probabilities": [0.75, 0.25]})");
    const auto summary =
        score(folder, "--task classification --input c.jsonl --output o.csv --json");
    CHECK_THAT(summary.output, Contains("\"samples\": 1") && Contains("\"invalid\": 0"));
    const auto help = score(folder, "--help").output;
    for (const auto* task :
         {"classification", "object-detection", "semantic-segmentation", "keypoint-detection"})
        CHECK_THAT(help, Contains(std::string("trommel score --task ") + task + " --input"));
    const auto detection = score(folder, "--help --task object-detection").output;
    CHECK_THAT(detection, Contains("on_invalid") && Contains("reduce") && Contains("objectness"));
}

TEST_CASE("score ends with 2 on what cannot be asked for and with 1 on bad data", "[cli]") {
    const TempDir folder;
    folder.write("c.jsonl", R"({"file_name": "a.jpg", "probabilities": [0.75, 0.35]})");
    const auto unknown = score(
        folder, "--task classification --input c.jsonl --score uncertainty_margn --output o.csv");
    CHECK(unknown.code == 2);
    CHECK_THAT(unknown.output, Contains("did you mean 'uncertainty_margin'?"));
    CHECK(score(folder, "--task classification --input c.jsonl --output o.txt").code == 2);
    CHECK(score(folder, "--task pose --input c.jsonl --output o.csv").code == 2);
    const auto bad = score(folder, "--task classification --input c.jsonl --output o.csv");
    CHECK(bad.code == 1);
    CHECK_THAT(bad.output, Contains("c.jsonl:1: sample 'a.jpg': its 2 probabilities sum to 1.1"));
    CHECK_FALSE(std::filesystem::exists(folder / "o.csv"));
}

}  // namespace trommel
