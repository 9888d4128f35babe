#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/stages/scores/score_files.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::stages {

using Catch::Matchers::Contains;

namespace {

/// What scoring these lines gives, a CSV text or an error.
std::string scored(const std::string& lines,
                   const std::vector<std::string>& scores,
                   std::vector<std::pair<std::string, std::string>> config = {}) {
    const test::TempDir dir;
    ScoreRequest request;
    request.task = scoring::Task::classification;
    request.inputs = {dir.write("p.jsonl", lines)};
    request.scores = scores;
    request.config = std::move(config);
    request.output = dir / "scores.csv";
    try {
        score_files(request);
        return read_file(request.output);
    } catch (const Error& error) {
        return error.what();
    }
}

/// Two that disagree, and two that are of one mind.
const std::string two = R"({"file_name": "a.jpg", "probabilities": [[1, 0], [0, 1]]})"
                        "\n"
                        R"({"probabilities" : [ [0.75, 0.25], [0.75, 0.25]], "file_name": "b.jpg"})"
                        "\n";

}  // namespace

TEST_CASE("lines whose probabilities are lists are of committees, as an array's are", "[score]") {
    CHECK(scored(two, {"bald", "variation_ratio", "vote_entropy", "uncertainty_margin"}) ==
          "file_name,bald,variation_ratio,vote_entropy,uncertainty_margin\n"
          "a.jpg,1,0.5,1,1\nb.jpg,0,0,0,0.5\n");
    CHECK(scored(two, {"uncertainty_margin"}) ==
          "file_name,uncertainty_margin\na.jpg,1\nb.jpg,0.5\n");
}

TEST_CASE("committees that are none are refused with line and sample", "[score]") {
    const auto with = [](const std::string& probabilities) {
        return scored(two + R"({"file_name": "c.jpg", "probabilities": )" + probabilities + "}\n",
                      {"bald"});
    };
    CHECK_THAT(with("[[1, 0]]"), Contains("p.jsonl:3: sample 'c.jpg':") && Contains("two members"));
    CHECK_THAT(with("[[1, 0], [1, 0], [1, 0]]"), Contains("has 3 members") && Contains("have 2"));
    CHECK_THAT(with("[[1, 0], [0.5, 0.25, 0.25]]"),
               Contains("3 probabilities, and those before 2"));
    CHECK_THAT(with("[[1, 0], []]"), Contains("empty list"));
    CHECK_THAT(with("[0.5, 0.5]"), Contains("p.jsonl:3: sample 'c.jpg':"));
    CHECK_THAT(with("[[1, 0], [NaN, 1]]"), Contains("p.jsonl:3: sample 'c.jpg': member 1:"));
    CHECK_THAT(with("[[1, 0], [0.5, 0.2]]"), Contains("member 1: its 2 probabilities sum to 0.7"));
    CHECK(scored(two + R"({"file_name": "c.jpg", "probabilities": [[1, 0], [2, 1]]})",
                 {"bald"},
                 {{"on_invalid", "skip"}}) == "file_name,bald\na.jpg,1\nb.jpg,0\n");
    CHECK_THAT(scored(R"({"file_name": "a.jpg", "probabilities": [0.5, 0.5]})", {"bald"}),
               Contains("'bald' needs the predictions of several models"));
}

}  // namespace trommel::stages
