#include "trommel/stages/scores/score_files.hpp"

#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/random.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/files/npy.hpp"
#include "trommel/scoring/classification.hpp"
#include "trommel/scoring/object_detection.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <string>
#include <vector>

namespace trommel::stages {

using Catch::Matchers::Contains;
using scoring::Task;

namespace {

using Config = std::vector<std::pair<std::string, std::string>>;

/// A folder with an input, and what scoring it gives.
class Scored {
public:
    Scored(Task task, std::string_view name, std::string_view content) {
        request_.task = task;
        request_.inputs = {dir_.write(name, content)};
        request_.output = dir_ / "scores.csv";
        request_.threads = 2;
    }

    ScoreRequest& request() { return request_; }
    const test::TempDir& dir() const { return dir_; }

    std::string csv() {
        summary_ = score_files(request_);
        return read_file(request_.output);
    }
    std::string error() {
        try {
            csv();
        } catch (const Error& error) {
            CHECK_FALSE(std::filesystem::exists(request_.output));
            CHECK_FALSE(std::filesystem::exists(request_.output.string() + ".part"));
            return error.what();
        }
        return "";
    }
    const ScoreSummary& summary() const { return summary_; }

private:
    test::TempDir dir_;
    ScoreRequest request_;
    ScoreSummary summary_;
};

const std::string two_lines = R"({"file_name": "a.jpg", "probabilities": [0.75, 0.25]})"
                              "\n"
                              R"({"file_name": "b,\"1\".jpg", "probabilities": [1, 0]})"
                              "\n";

Config invalid(const char* what) { return {{"on_invalid", what}}; }

/// An array of doubles as numpy writes it.
std::string npy(const std::string& shape, const std::vector<double>& values) {
    auto header = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': {}, }}", shape);
    header.resize(117, ' ');
    std::string text("\x93NUMPY\x01\x00\x76\x00", 10);
    text += header + '\n';
    const auto begin = text.size();
    text.resize(begin + values.size() * sizeof(double));
    std::memcpy(text.data() + begin, values.data(), values.size() * sizeof(double));
    return text;
}

}  // namespace

TEST_CASE("rows of scores come in the input's order with names as CSV has them", "[score]") {
    Scored scored(Task::classification, "p.jsonl", two_lines);
    scored.request().scores = {"uncertainty_margin", "prediction-margin", "uncertainty_ratio"};
    CHECK(scored.csv() ==
          "file_name,uncertainty_margin,uncertainty_least_confidence,uncertainty_ratio\n"
          "a.jpg,0.5,0.5,0.3333333333333333\n\"b,\"\"1\"\".jpg\",0,0,0\n");
    CHECK(scored.summary().samples == 2);
    CHECK(scored.summary().columns.at(0).highest == 0.5);
    CHECK(scored.summary().columns.at(0).mean == 0.25);
}

TEST_CASE("scores are written as JSON Lines and as arrays too", "[score]") {
    Scored scored(Task::classification, "p.jsonl", two_lines);
    scored.request().scores = {"uncertainty_ratio"};
    scored.request().output = scored.dir() / "s.jsonl";
    scored.request().output_format = ScoreOutput::jsonl;
    CHECK(scored.csv() ==
          "{\"file_name\": \"a.jpg\", \"uncertainty_ratio\": 0.3333333333333333}\n"
          "{\"file_name\": \"b,\\\"1\\\".jpg\", \"uncertainty_ratio\": 0}\n");
    scored.request().output = scored.dir() / "s.npy";
    scored.request().output_format = ScoreOutput::npy;
    scored.csv();
    const auto array = dataset::NpyArray::open(scored.dir() / "s.npy");
    CHECK(array.shape() == std::vector<std::size_t>{2, 1});
    CHECK(array.view<double>()->row(0)[0] == 1.0 / 3);
}

TEST_CASE("many lines scored by several threads read back exactly as one by one", "[score]") {
    std::string text;
    Random random(1, 0, "score_files_test");
    Probabilities probs;
    for (int i = 0; i < 40'000; ++i) {
        const double p = random.uniform();
        probs.append_row(std::vector<double>{p, 1 - p});
        text += fmt::format("{{\"file_name\": \"images/{}.jpg\", \"probabilities\": [{}, {}]}}\n",
                            i,
                            shortest(p),
                            shortest(1 - p));
    }
    Scored scored(Task::classification, "p.jsonl", text);
    const auto expected =
        scoring::score_classification(probs, scoring::score_names(Task::classification));
    std::string lines =
        "file_name,uncertainty_least_confidence,uncertainty_margin,uncertainty_entropy\n";
    for (std::size_t i = 0; i < probs.rows(); ++i)
        lines += fmt::format("images/{}.jpg,{},{},{}\n",
                             i,
                             shortest(expected[0].values[i]),
                             shortest(expected[1].values[i]),
                             shortest(expected[2].values[i]));
    CHECK(scored.csv() == lines);
}

TEST_CASE("rows of an array are named by number or by a list", "[score]") {
    Scored scored(Task::classification, "p.npy", npy("(3, 2)", {0.5, 0.5, 1, 0, 0.75, 0.25}));
    scored.request().scores = {"uncertainty_margin"};
    CHECK(scored.csv() == "file_name,uncertainty_margin\n0,1\n1,0\n2,0.5\n");
    scored.request().names = scored.dir().write("names.txt", "a.jpg\nb.jpg\nc.jpg\n");
    CHECK(scored.csv() == "file_name,uncertainty_margin\na.jpg,1\nb.jpg,0\nc.jpg,0.5\n");
    scored.request().inputs.push_back(scored.request().inputs.front());
    std::filesystem::remove(scored.request().output);
    CHECK_THAT(scored.error(), Contains("names.txt: 3 names, and the arrays have more rows"));
    scored.request().names.clear();
    CHECK_THAT(scored.csv(), Contains("\n5,0.5\n"));
    scored.request().names = scored.dir().write("names.txt", "a\nb\nc\nd\ne\nf\ng\n");
    std::filesystem::remove(scored.request().output);
    CHECK_THAT(scored.error(), Contains("names.txt: more names than the 6 rows"));
}

TEST_CASE("an array of three dimensions is a committee's", "[score]") {
    Scored scored(
        Task::classification, "p.npy", npy("(2, 2, 2)", {1, 0, 0, 1, 0.75, 0.25, 0.75, 0.25}));
    scored.request().scores = {"bald", "variation_ratio", "uncertainty_margin"};
    CHECK(scored.csv() ==
          "file_name,bald,variation_ratio,uncertainty_margin\n0,1,0.5,1\n1,0,0,0.5\n");
    Scored alone(Task::classification, "p.jsonl", two_lines);
    alone.request().scores = {"bald"};
    CHECK_THAT(alone.error(), Contains("'bald' needs the predictions of several models"));
}

TEST_CASE("an array of four dimensions is of segmented images", "[score]") {
    Scored scored(
        Task::semantic_segmentation, "p.npy", npy("(2, 1, 2, 2)", {1, 0, 0.5, 0.5, 1, 0, 1, 0}));
    scored.request().scores = {"uncertainty_margin"};
    CHECK(scored.csv() == "file_name,uncertainty_margin\n0,0.5\n1,0\n");
    scored.request().task = Task::keypoint_detection;
    scored.request().scores = {};
    std::filesystem::remove(scored.request().output);
    CHECK_THAT(scored.error(), Contains("keypoint-detection has no array form"));
}

TEST_CASE("the frequency of objects compares an image with all others", "[score]") {
    std::string text;
    const auto box = R"({"category_id": 0, "bbox": [0, 0, 1, 1], "score": 0.5})";
    for (int i = 0; i < 5; ++i) {
        const std::vector<std::string> boxes(static_cast<std::size_t>(i), box);
        text += fmt::format(
            "{{\"file_name\": \"{}\", \"predictions\": [{}]}}\n", i, fmt::join(boxes, ","));
    }
    Scored scored(Task::object_detection, "d.jsonl", text);
    scored.request().scores = {"object_frequency"};
    scored.request().config = {{"frequency_penalty", "1"}, {"min_score", "0"}};
    CHECK(scored.csv() == "file_name,object_frequency\n0,0\n1,0.25\n2,0.5\n3,0.75\n4,1\n");
    scored.request().scores = {"object_frequency", "objectness_least_confidence"};
    scored.request().config = {
        {"min_score", "0.5"}, {"combine", "sum"}, {"weights", "object_frequency:2"}};
    CHECK_THAT(
        scored.csv(),
        Contains("file_name,object_frequency,objectness_least_confidence,combined\n0,0.5,0,1\n"));
}

TEST_CASE("masks and keypoints are scored", "[score]") {
    Scored masks(
        Task::semantic_segmentation,
        "m.jsonl",
        R"({"file_name": "a", "predictions": [{"category_id": 1, "segmentation": [2, 1, 1], "score": 0.5},)"
        R"({"category_id": 0, "segmentation": [0, 3, 1], "score": 1}]})");
    masks.request().scores = {"uncertainty_margin"};
    CHECK(masks.csv() == "file_name,uncertainty_margin\na,0.25\n");
    Scored keypoints(Task::keypoint_detection,
                     "k.jsonl",
                     R"({"file_name": "a", "predictions": [{"keypoints": [1, 2, 0.25]}]})");
    CHECK(keypoints.csv() == "file_name,mean_uncertainty\na,0.75\n");
}

TEST_CASE("what is not a probability is refused with its place, or counted where that is asked for",
          "[score]") {
    const std::string text = two_lines + R"({"file_name": "c", "probabilities": [NaN, 0.5]})"
                                         "\n"
                                         R"({"file_name": "d", "probabilities": [0.5, 0.5]})"
                                         "\n";
    Scored scored(Task::classification, "p.jsonl", text);
    scored.request().scores = {"uncertainty_margin"};
    CHECK_THAT(scored.error(),
               Contains("p.jsonl:3: sample 'c': the probability of class 0 is not a number"));
    scored.request().config = invalid("zero");
    CHECK_THAT(scored.csv(), Contains("\nc,0\nd,1\n"));
    CHECK(scored.summary().invalid == 1);
    CHECK_THAT(scored.summary().first_invalid.at(0), Contains("sample 'c'"));
    scored.request().config = invalid("skip");
    CHECK_THAT(scored.csv(), Contains(".jpg\",0\nd,1\n"));
    CHECK((scored.summary().invalid == 1 && scored.summary().samples == 3));

    Scored array(Task::classification, "p.npy", npy("(3, 2)", {0.5, 0.5, 0.5, 0.6, 1, 0}));
    array.request().scores = {"uncertainty_margin"};
    CHECK_THAT(array.error(), Contains("p.npy: row 1: its 2 probabilities sum to 1.1"));
    array.request().config = invalid("skip");
    CHECK(array.csv() == "file_name,uncertainty_margin\n0,1\n2,0\n");
}

TEST_CASE("records that cannot be read are left out where that is asked for, not scored zero",
          "[score]") {
    Scored scored(Task::object_detection,
                  "d.jsonl",
                  "{\"file_name\": \"a\", \"predictions\": []}\nnonsense\n");
    scored.request().scores = {"uncertainty_margin"};
    CHECK_THAT(scored.error(), Contains("d.jsonl:2:"));
    scored.request().config = invalid("zero");
    CHECK_THAT(scored.error(), Contains("d.jsonl:2:"));
    scored.request().config = invalid("skip");
    CHECK(scored.csv() == "file_name,uncertainty_margin\na,0\n");
    CHECK(scored.summary().invalid == 1);
}

TEST_CASE("numbers of 400 digits are read, or refused where they are too large", "[score]") {
    const std::string zeros(399, '0');
    Scored probs(Task::classification,
                 "p.jsonl",
                 R"({"file_name": "a", "probabilities": [0.5)" + zeros + ", 0.5]}");
    probs.request().scores = {"uncertainty_margin"};
    CHECK(probs.csv() == "file_name,uncertainty_margin\na,1\n");
    Scored large(Task::classification,
                 "p.jsonl",
                 R"({"file_name": "a", "probabilities": [1)" + zeros + ", 0]}");
    CHECK_THAT(large.error(), Contains("p.jsonl:1: sample 'a': the probability of class 0 is inf"));
    const auto box = [&](const std::string& category, const std::string& width) {
        Scored boxes(Task::object_detection,
                     "d.jsonl",
                     R"({"file_name": "a", "predictions": [{"category_id": )" + category +
                         R"(, "score": 1, "bbox": [0, 0, )" + width + ", 1]}]}");
        return boxes.error();
    };
    CHECK_THAT(box("1" + zeros, "1"), Contains("'category_id' must be an integer"));
    CHECK_THAT(box("1", "1" + zeros), Contains("'bbox' must hold finite numbers"));
}

TEST_CASE("what cannot be asked for is refused before anything is read", "[score]") {
    Scored scored(Task::classification, "p.xyz", two_lines);
    CHECK_THAT(scored.error(), Contains("add --format"));
    scored.request().format = predictions::find_format("jsonl");
    CHECK_THAT(scored.csv(), Contains("a.jpg"));
    std::filesystem::remove(scored.request().output);
    const auto with = [&](const Config& config) {
        scored.request().config = config;
        return scored.error();
    };
    CHECK_THAT(with({{"min_score", "1"}}),
               Contains("'min_score' is not a setting of classification"));
    CHECK_THAT(with({{"on_invalid", "ignore"}}), Contains("must be fail, zero or skip"));
    CHECK_THAT(with({{"weights", "bald"}}), Contains("add --score bald"));
    scored.request().scores = {"uncertainty_margin", "uncertainty_margin"};
    CHECK_THAT(with({}), Contains("asked for twice"));
}

namespace {

const std::string schema =
    R"({"task_type": "object-detection", "categories": [{"id": 0, "name": "car"}, {"id": 1, "name": "bus"}]})";

/// A record of one box of this category.
std::string detection(const std::string& name, int category) {
    return fmt::format(
        "{{\n \"file_name\": \"{}\",\n \"predictions\": [{{\"category_id\": {}, \"bbox\": [1, 2, "
        "3, 4], \"score\": 0.75}}]\n}}\n",
        name,
        category);
}

}  // namespace

TEST_CASE("a folder of Lightly's predictions is scored file by file in the order of their paths",
          "[score]") {
    Scored scored(Task::object_detection, "predictions/tasks.json", R"(["cars", "people"])");
    const auto& dir = scored.dir();
    dir.write("predictions/cars/schema.json", schema);
    dir.write("predictions/cars/b.json", detection("b.jpg", 0));
    dir.write("predictions/cars/a/z.json", detection("a/z.jpg", 1));
    dir.write("predictions/cars/notes.txt", "not a prediction");
    scored.request().inputs = {dir / "predictions"};
    scored.request().scores = {"uncertainty_margin"};
    scored.request().config = {{"prediction_task", "cars"}};
    const auto expected = "file_name,uncertainty_margin\na/z.jpg,0.5\nb.jpg,0.5\n";
    CHECK(scored.csv() == expected);
    scored.request().config = {};
    scored.request().inputs = {dir / "predictions/cars"};
    CHECK(scored.csv() == expected);
    std::filesystem::remove(scored.request().output);

    scored.request().inputs = {dir / "predictions"};
    CHECK_THAT(scored.error(), Contains("tasks.json: has the tasks cars, people; say which"));
    scored.request().config = {{"prediction_task", "people"}};
    CHECK_THAT(scored.error(), Contains("people: holds no schema.json"));
    scored.request().config = {{"prediction_task", "cars"}};
    dir.write("predictions/cars/c.json", detection("c.jpg", 2));
    CHECK_THAT(scored.error(), Contains("c.json: sample 'c.jpg': category 2 is not in the schema"));
    dir.write("predictions/cars/c.json", "{\n\"file_name\": \"c.jpg\",\n");
    CHECK_THAT(scored.error(), Contains("c.json:1:") && Contains("malformed JSON"));
    scored.request().task = Task::classification;
    scored.request().scores = {};
    CHECK_THAT(scored.error(), Contains("the schema is of object-detection"));
}

TEST_CASE("Lightly's predictions packed by tar are scored", "[score]") {
    Scored scored(Task::object_detection, "in/schema.json", schema);
    const auto& dir = scored.dir();
    dir.write("in/b.json", detection("b.jpg", 0));
    const std::string deep = "a-folder-with-a-long-name-" + std::string(90, 'x');
    dir.write("in/" + deep + "/z.json", detection("z.jpg", 1));
    REQUIRE(test::shell("tar -C " + (dir / "in").string() + " -czf " + (dir / "p.tar.gz").string() +
                        " b.json " + deep + " schema.json")
                .code == 0);
    scored.request().inputs = {dir / "p.tar.gz"};
    scored.request().scores = {"uncertainty_margin"};
    CHECK(scored.csv() == "file_name,uncertainty_margin\nb.jpg,0.5\nz.jpg,0.5\n");
    REQUIRE(test::shell("tar --format=posix -C " + (dir / "in").string() + " -cf " +
                        (dir / "p.tar").string() + " b.json " + deep)
                .code == 0);
    scored.request().inputs = {dir / "p.tar"};
    CHECK(scored.csv() == "file_name,uncertainty_margin\nb.jpg,0.5\nz.jpg,0.5\n");
    std::filesystem::remove(scored.request().output);
    REQUIRE(test::shell("tar -C " + (dir / "in").string() + " -cf " + (dir / "q.tar").string() +
                        " b.json")
                .code == 0);
    std::filesystem::resize_file(dir / "q.tar", 700);
    scored.request().inputs = {dir / "q.tar"};
    CHECK_THAT(scored.error(), Contains("q.tar: the tar archive was cut off"));
    scored.request().inputs = {dir.write("r.tar", std::string(1024, 'x'))};
    CHECK_THAT(scored.error(), Contains("r.tar: is not a tar archive"));
}

TEST_CASE("COCO's results are scored image by image", "[score]") {
    const auto result = [](int image, double score) {
        return fmt::format(
            R"({{"image_id": {}, "category_id": 1, "bbox": [258.15, 41.29, 348.26, 243.78], "score": {}, "segmentation": {{"size": [1, 2], "counts": "x"}}}})",
            image,
            score);
    };
    Scored scored(Task::object_detection,
                  "results.json",
                  "[" + result(42, 0.5) + ",\n" + result(42, 0.75) + ", " + result(7, 1) + "]\n");
    scored.request().scores = {"objectness_least_confidence", "uncertainty_margin"};
    CHECK(scored.csv() ==
          "file_name,objectness_least_confidence,uncertainty_margin\n42,0.375,1\n7,0,0\n");
    std::filesystem::remove(scored.request().output);
    const auto refused = [&](const std::string& text) {
        scored.dir().write("results.json", text);
        return scored.error();
    };
    CHECK_THAT(
        refused("[" + result(1, 0.5) + "," + result(2, 0.5) + "," + result(1, 0.5) + "]"),
        Contains("result 3: image 1 has results before") && Contains("sort the file by image_id"));
    CHECK_THAT(
        refused("[" + result(1, 0.5) + "," + R"({"image_id": 2, "category_id": 1, "score": 1}])"),
        Contains("results.json: result 2: a prediction lacks"));
    CHECK_THAT(refused("[" + result(1, 0.5)), Contains("malformed JSON (incomplete JSON)"));
    CHECK_THAT(refused("[" + result(1, 0.5) + "] x"), Contains("result 2"));
    CHECK_THAT(refused("{}"), Contains("result 1"));
    CHECK_THAT(refused("[" + result(1, 1.5) + "]"), Contains("image 1") && Contains("score 1.5"));
    scored.dir().write("results.json", "[]");
    CHECK(scored.csv() == "file_name,objectness_least_confidence,uncertainty_margin\n");
}

}  // namespace trommel::stages
