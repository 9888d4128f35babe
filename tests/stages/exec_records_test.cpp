#include "stages/programs/exec_records.hpp"

#include "stages/programs/answers.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/files/line_reader.hpp"

#include <catch2/catch.hpp>

namespace trommel::stages {

using Catch::Matchers::Contains;

namespace {

/// Samples a and b, both in the query set.
TagSetPtr two() {
    auto tags = std::make_shared<TagSet>();
    tags->dataset.name = "two";
    tags->names =
        std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "b"});
    tags->query.name = "both";
    tags->query.mask = BitMask::first(2);
    return tags;
}

/// A file of these lines, and what is read from it.
class Written {
public:
    explicit Written(const std::string& text) : file_(folder_.write("output.jsonl", text)) {}

    ScoreBatch scores() const {
        RecordErrors errors(false, none_);
        return read_scores(file_, two(), errors);
    }
    LabelBatch answers() const {
        RecordErrors errors(false, none_);
        Answers answers(folder_ / "answers.jsonl", two(), false);
        answers.ask(BitMask::first(2), file_, errors);
        std::vector<std::string> lines;
        auto reader = dataset::LineReader::open(file_);
        while (const auto line = reader.next()) lines.emplace_back(*line);
        answers.add(lines);
        answers.check();
        return answers.known();
    }
    Metrics metrics() const { return read_metrics(file_, {"f1"}); }

private:
    test::TempDir folder_;
    std::filesystem::path file_;
    BitMask none_;
};

/// A record of sample a with these scores.
std::string scored(const std::string& scores) {
    return R"({"file_name": "a", "scores": )" + scores + "}\n";
}

}  // namespace

TEST_CASE("scores of programs are the doubles nearest to their text", "[stages]") {
    // Boost.JSON 1.81 reads both one unit in the last place off.
    const auto batch =
        Written(scored(R"({"x": 0.9936527282127801, "y": 0.09605529063715511})")).scores();
    REQUIRE(batch.columns.size() == 2);
    CHECK(batch.columns[0].values[0] == 0.9936527282127801);
    CHECK(batch.columns[1].values[0] == 0.09605529063715511);
}

TEST_CASE("bad scores are refused with file line and sample", "[stages]") {
    const auto refused = [](const std::string& scores, const std::string& why) {
        const Written written("\n" + scored(scores));
        CHECK_THROWS_WITH(written.scores(),
                          Contains("output.jsonl:2:") && Contains("sample 'a'") && Contains(why));
    };
    refused("3", "'scores' must be an object");
    refused("{}", "has 0 scores");
    refused(R"({"x": "high"})", "'x' must hold finite numbers");
    refused(R"({"x": NaN})", "NaN is not a number");
    CHECK_THROWS_WITH(
        Written(scored(R"({"x": 1})") + R"({"file_name": "b", "scores": {"y": 1}})").scores(),
        Contains("output.jsonl:2: sample 'b': 'scores' has no 'x'"));
    CHECK_THROWS_WITH(Written(R"({"file_name": "b"})").scores(),
                      Contains("output.jsonl:1: sample 'b': the record has no 'scores'"));
    CHECK_THROWS_WITH(Written(scored(R"({"x": 1})") + scored(R"({"x": 2})")).scores(),
                      Contains("output.jsonl:2: sample 'a' is there twice, first in line 1"));
}

TEST_CASE("answers of programs are refused with file line and sample", "[stages]") {
    CHECK_THROWS_WITH(Written(R"({"file_name": "a", "label": ""})").answers(),
                      Contains("output.jsonl:1: sample 'a': 'label' must be a string"));
    CHECK_THROWS_WITH(Written(R"({"file_name": "c", "label": "x"})").answers(),
                      Contains("output.jsonl:1: 1 sample not in dataset 'two': c"));
    CHECK_THROWS_WITH(Written(R"({"file_name": "a", "label": "x"})").answers(),
                      "1 sample of tag 'both' came without a label: b");
}

TEST_CASE("metrics of programs must be there and finite", "[stages]") {
    CHECK(Written(R"({"f1": 0.9936527282127801})").metrics().values[0].second ==
          0.9936527282127801);
    CHECK_THROWS_WITH(Written("").metrics(), Contains("the program wrote nothing"));
    CHECK_THROWS_WITH(Written("{}").metrics(), Contains("output.jsonl:1: has no metric 'f1'"));
    CHECK_THROWS_WITH(Written(R"({"f1": null})").metrics(),
                      Contains("output.jsonl:1: metric 'f1' must be a finite number"));
    CHECK_THROWS_WITH(Written(R"({"f1": NaN})").metrics(), Contains("output.jsonl:1:8: NaN"));
}

}  // namespace trommel::stages
