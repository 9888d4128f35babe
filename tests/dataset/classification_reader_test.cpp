#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/random.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/predictions.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::dataset {

namespace {

using Names = std::vector<std::string>;
using Lines = std::vector<std::size_t>;

std::unique_ptr<ClassificationReader> open(std::string_view text, PredictionFormat format) {
    return open_classification(LineReader::of_text(text, "p"), format, {.batch_size = 2});
}

/// All batches of a JSON Lines text, batch size 2.
std::vector<ClassificationRecords> read(std::string_view text,
                                        PredictionFormat format = PredictionFormat::jsonl) {
    std::vector<ClassificationRecords> batches;
    const auto reader = open(text, format);
    while (auto batch = reader->next()) batches.push_back(std::move(*batch));
    return batches;
}

std::vector<ClassificationRecords> read_csv(std::string_view text) {
    return read(text, PredictionFormat::csv);
}

void check_refused(std::string_view text, const std::string& message) {
    CHECK_THROWS_AS(read(text), DataError);
    CHECK_THROWS_WITH(read(text), "p:" + message);
}

void check_csv_refused(std::string_view text, const std::string& message) {
    CHECK_THROWS_AS(read_csv(text), DataError);
    CHECK_THROWS_WITH(read_csv(text), "p:" + message);
}

const std::string first_line = R"({"file_name": "a.jpg", "probabilities": [0.1, 0.9]})"
                               "\n";

}  // namespace

TEST_CASE("class probabilities come from JSON Lines in batches", "[dataset]") {
    const test::TempDir dir;
    const auto path = dir.write("p.jsonl",
                                first_line +
                                    "\n"
                                    R"({"probabilities": [1, 0], "file_name": "b.jpg", "x": null})"
                                    "\r\n"
                                    R"({"file_name": "ü\n.jpg", "probabilities": [2.5e-1, 0.75]})");

    const auto reader =
        open_classification(LineReader::open(path), PredictionFormat::jsonl, {.batch_size = 2});
    const auto first = reader->next();
    const auto second = reader->next();

    REQUIRE((first && second));
    CHECK(first->names == Names{"a.jpg", "b.jpg"});
    CHECK(first->probs == Probabilities{{0.1, 0.9}, {1, 0}});
    CHECK(first->lines == Lines{1, 3});
    CHECK(second->names == Names{"ü\n.jpg"});
    CHECK(second->probs == Probabilities{{0.25, 0.75}});
    CHECK(second->lines == Lines{4});
    CHECK_FALSE(reader->next());
    CHECK(reader->class_names().empty());
}

TEST_CASE("class probabilities come from Lightly's records", "[dataset]") {
    const auto batches = read(
        R"({"file_name": "a", "predictions": [{"category_id": 1, "probabilities": [0.2, 0.8]}]})");

    REQUIRE(batches.size() == 1);
    CHECK(batches[0].probs == Probabilities{{0.2, 0.8}});
}

TEST_CASE("class probabilities come from CSV whose header names the classes", "[dataset]") {
    const auto reader = open("file_name,cat,dog\r\na,0.1,0.9\r\n\"b,1\",1e-1,.9\r\nc,1,0\r\n",
                             PredictionFormat::csv);
    const auto first = reader->next();
    const auto second = reader->next();

    REQUIRE((first && second));
    CHECK(Names(reader->class_names().begin(), reader->class_names().end()) == Names{"cat", "dog"});
    CHECK(first->names == Names{"a", "b,1"});
    CHECK(first->probs == Probabilities{{0.1, 0.9}, {0.1, 0.9}});
    CHECK(second->lines == Lines{4});
    CHECK_FALSE(reader->next());
}

TEST_CASE("numbers are read to the last bit", "[dataset]") {
    Random random(3, 0, "classification_reader_test");
    std::string json = R"({"file_name": "a", "probabilities": [1)";
    std::vector<double> expected{1};
    for (int i = 0; i < 1000; ++i) {
        expected.push_back(random.uniform());
        json += ", " + shortest(expected.back());
    }

    const auto batches = read(json + "]}");

    const auto row = batches.at(0).probs.row(0);
    CHECK(std::vector<double>(row.begin(), row.end()) == expected);
}

TEST_CASE("a file without records has no batch", "[dataset]") {
    CHECK(read("").empty());
    CHECK(read("\n\n").empty());
    CHECK(read_csv("file_name,cat\n").empty());
}

TEST_CASE("malformed JSON is refused with line and column", "[dataset]") {
    check_refused(first_line + R"({"file_name" "b"})",
                  "2:14: malformed JSON (syntax error); each line must be one whole record");
    check_refused(R"({"file_name": "a", "probabilities": [0.1,)",
                  "1:42: malformed JSON (incomplete JSON); each line must be one whole record");
    check_refused("{} {}",
                  "1:4: malformed JSON (more after the end of the record); each line must "
                  "be one whole record");
    CHECK_THROWS_AS(read("{\"file_name\": \"\xff\"}"), DataError);
    CHECK_THROWS_AS(read(std::string(100'000, '[')), DataError);
    check_refused("[1]", "1: the line must be a JSON object, {\"file_name\": …}");
}

TEST_CASE("NaN and Infinity are refused with their place and sample", "[dataset]") {
    check_refused(first_line + R"({"probabilities": [0.1, NaN], "file_name": "b \"NaN\""})",
                  "2:25: sample 'b \"NaN\"': NaN is not a number that can be scored");
    check_refused(R"({"file_name": "b", "probabilities": [-Infinity, Infinity, NaN]})",
                  "1:39: sample 'b': Infinity is not a number that can be scored");
    check_refused(R"({"file_name": NaN})", "1:15: NaN is not a number that can be scored");
    check_refused(R"({"file_name": "b", "probabilities": [1e999]})",
                  "1: sample 'b': 'probabilities' must hold finite numbers");
    check_refused(R"({"file_name": "b", "probabilities": [null]})",
                  "1: sample 'b': 'probabilities' must hold finite numbers");
}

TEST_CASE("a record without a usable name is refused", "[dataset]") {
    check_refused(R"({"probabilities": [1]})", "1: the record has no 'file_name'");
    check_refused(R"({"file_name": 3, "probabilities": [1]})",
                  "1: 'file_name' must be a string that is not empty");
    check_refused(R"({"file_name": "", "probabilities": [1]})",
                  "1: 'file_name' must be a string that is not empty");
}

TEST_CASE("a record without usable probabilities is refused", "[dataset]") {
    check_refused(R"({"file_name": "a", "probabilites": [1]})",
                  "1: sample 'a': the record has neither 'probabilities' nor 'predictions'");
    check_refused(R"({"file_name": "a", "probabilities": []})",
                  "1: sample 'a': 'probabilities' is empty; give one for each class");
    check_refused(R"({"file_name": "a", "probabilities": 1})",
                  "1: sample 'a': 'probabilities' must be a list");
    check_refused(first_line + R"({"file_name": "b", "probabilities": [1]})",
                  "2: sample 'b': 1 probabilities, where the samples before have 2");
    check_refused(R"({"file_name": "a", "predictions": []})",
                  "1: sample 'a': 'predictions' must hold one classification, not 0");
    check_refused(R"({"file_name": "a", "predictions": [{"category_id": 1}]})",
                  "1: sample 'a': predictions[0] has no 'probabilities'");
}

TEST_CASE("broken CSV predictions are refused with line and sample", "[dataset]") {
    const std::string header = "file_name,cat,dog\n";
    check_csv_refused("", "1: the file is empty; its first line must be file_name,<class>,…");
    check_csv_refused("name,cat\n", "1: the first column must be 'file_name', not 'name'");
    check_csv_refused("file_name\n", "1: the header names no class after 'file_name'");
    check_csv_refused("file_name,cat,\n", "1: column 3 has no class name");
    check_csv_refused("file_name,cat,cat\n", "1: the class 'cat' has two columns");
    check_csv_refused(header + "a,1,0\n\n", "3: the line is empty");
    check_csv_refused(header + ",1,0\n", "2: the file name is empty");
    check_csv_refused(header + "a,1\n", "2: sample 'a': 1 probabilities for 2 classes");
    check_csv_refused(header + "a,1,nan\n",
                      "2: sample 'a': 'nan' in column 'dog' is not a finite number");
    check_csv_refused(header + "a,,1\n",
                      "2: sample 'a': '' in column 'cat' is not a finite number");
}

}  // namespace trommel::dataset
