#include "trommel/core/error.hpp"
#include "trommel/dataset/predictions.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::dataset {

namespace {

using scoring::BoundingBox;
using scoring::ObjectDetectionOutput;
using Values = std::vector<double>;

DetectionRecords read(std::string_view text) {
    const auto reader = open_detections(LineReader::of_text(text, "p"), {.batch_size = 100});
    auto batch = reader->next();
    REQUIRE(batch);
    return std::move(*batch);
}

ObjectDetectionOutput read_one(std::string_view text) { return read(text).outputs.at(0); }

/// A record of Lightly's that holds `predictions`.
std::string lightly(const std::string& predictions) {
    return R"({"file_name": "a", "predictions": [)" + predictions + "]}";
}

void check_refused(std::string_view text, const std::string& message) {
    CHECK_THROWS_AS(read(text), DataError);
    CHECK_THROWS_WITH(read(text), "p:1: sample 'a': " + message);
}

}  // namespace

TEST_CASE("detections come from the columns of one image", "[dataset]") {
    const auto batch = read(
        R"({"file_name": "a", "boxes": [[0.1, 0.2, 0.3, 0.4]], "object_probabilities": [0.5],)"
        R"( "class_probabilities": [[0.5, 0.41, 0.09]]})"
        "\n"
        R"({"file_name": "b", "boxes": [], "object_probabilities": [], "class_probabilities": []})");

    CHECK(batch.names == std::vector<std::string>{"a", "b"});
    CHECK(batch.lines == std::vector<std::size_t>{1, 2});
    const auto& a = batch.outputs.at(0);
    CHECK(a.boxes() == std::vector{BoundingBox(0.1, 0.2, 0.3, 0.4)});
    CHECK(a.object_probabilities() == Values{0.5});
    CHECK(a.class_probabilities() == Probabilities{{0.5, 0.41, 0.09}});
    CHECK(a.scores() == Values{0.25});
    CHECK(batch.outputs.at(1).boxes().empty());
}

TEST_CASE("detections come from Lightly's records with score and category", "[dataset]") {
    const auto output =
        read_one(lightly(R"({"category_id": 2, "bbox": [140, 100, 80, 90], "score": 0.8},)"
                         R"({"category_id": 0, "bbox": [1, 2, 3.5, 0], "score": 1})"));

    CHECK(output.scores() == Values{0.8, 1});
    CHECK(output.labels() == std::vector{2, 0});
    CHECK(output.class_probabilities().cols() == 3);
    CHECK(output.boxes() == std::vector(2, BoundingBox(0, 0, 1, 1)));
    CHECK(read_one(lightly("")).scores().empty());
}

TEST_CASE("class probabilities in Lightly's records are taken as they are", "[dataset]") {
    const auto output = read_one(lightly(R"({"category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.8,)"
                                         R"( "probabilities": [0.1, 0.9]},)"
                                         R"({"category_id": 0, "bbox": [1, 2, 3, 4], "score": 0.6,)"
                                         R"( "probabilities": [0.7, 0.3], "objectness": 0.9})"));

    CHECK(output.class_probabilities() == Probabilities{{0.1, 0.9}, {0.7, 0.3}});
    CHECK(output.labels() == std::vector{1, 0});
    CHECK(output.scores() == Values{0.8, 0.6});
    CHECK(output.object_probabilities() == Values{0.8, 0.9});
}

TEST_CASE("detections come in batches of the size asked for", "[dataset]") {
    std::string text;
    for (int i = 0; i < 5; ++i)
        text += R"({"file_name": "a)" + std::to_string(i) +
                R"(", "predictions": []})"
                "\n";
    const auto reader = open_detections(LineReader::of_text(text, "p"), {.batch_size = 2});

    std::vector<std::size_t> sizes;
    while (const auto batch = reader->next()) sizes.push_back(batch->outputs.size());

    CHECK(sizes == std::vector<std::size_t>{2, 2, 1});
}

TEST_CASE("columns that do not fit together are refused with the sample", "[dataset]") {
    check_refused(R"({"file_name": "a"})", "the record has neither 'boxes' nor 'predictions'");
    check_refused(R"({"file_name": "a", "boxes": []})", "the record has no 'class_probabilities'");
    check_refused(R"({"file_name": "a", "boxes": [[0, 0, 1]], "object_probabilities": [1],)"
                  R"( "class_probabilities": [[1]]})",
                  "'boxes' must hold 4 numbers, not 3");
    check_refused(
        R"({"file_name": "a", "boxes": [[0, 0, 1, 1], [0, 0, 1, 1]], "object_probabilities": [1, 1],)"
        R"( "class_probabilities": [[1, 0], [1]]})",
        "'class_probabilities' holds 1 numbers, where the box before has 2");
    CHECK_THROWS_WITH(
        read(R"({"file_name": "a", "boxes": [[0, 0, 1, 1]], "object_probabilities": [1, 1],)"
             R"( "class_probabilities": [[1, 0]]})"),
        Catch::StartsWith("p:1: sample 'a': ") && Catch::Contains("2 object probabilities"));
    CHECK_THROWS_WITH(
        read(R"({"file_name": "a", "boxes": [[20, 30, 100, 200]], "object_probabilities": [1],)"
             R"( "class_probabilities": [[1, 0]]})"),
        Catch::StartsWith("p:1: sample 'a': "));
}

TEST_CASE("a broken prediction of Lightly's form is refused with the sample", "[dataset]") {
    check_refused(lightly("3"), "'predictions' must be an object");
    check_refused(lightly(R"({"category_id": 0, "score": 1})"), "predictions[0] has no 'bbox'");
    check_refused(lightly(R"({"category_id": 0, "bbox": [0, 0, 1, 1], "score": 1}, )"
                          R"({"category_id": 0, "bbox": [0, 0, 1, 1]})"),
                  "predictions[1] has no 'score'");
    check_refused(lightly(R"({"category_id": 0, "bbox": [0, 0, -1, 1], "score": 1})"),
                  "'bbox' is [x, y, width, height], and a size here is negative");
    for (const std::string id : {"-1", "65536", "1.5", "\"1\""})
        check_refused(lightly(R"({"bbox": [0, 0, 1, 1], "score": 1, "category_id": )" + id + "}"),
                      "'category_id' must be an integer from 0 to 65535");
    check_refused(lightly(R"({"category_id": 0, "bbox": [0, 0, 1, 1], "score": "1"})"),
                  "'score' must hold finite numbers");
    CHECK_THROWS_WITH(read(lightly(R"({"category_id": 0, "bbox": [0, 0, 1, 1], "score": 1.5})")),
                      Catch::StartsWith("p:1: sample 'a': "));
    check_refused(lightly(R"({"category_id": 0, "bbox": [0, 0, 1, 1], "score": 1}, )"
                          R"({"category_id": 0, "bbox": [0, 0, 1, 1], "score": 1,)"
                          R"( "probabilities": [0.5, 0.5]})"),
                  "some predictions have 'probabilities' and some have none");
}

TEST_CASE("categories far apart do not fill the memory", "[dataset]") {
    std::string boxes = R"({"category_id": 65535, "bbox": [0, 0, 1, 1], "score": 1})";
    for (int i = 0; i < 256; ++i)
        boxes += R"(, {"category_id": 0, "bbox": [0, 0, 1, 1], "score": 1})";

    check_refused(lightly(boxes),
                  "257 boxes of 65536 classes are too many; number the categories from 0");
}

TEST_CASE("detections read quickly are those read as a tree", "[dataset]") {
    const auto read_one = [](const std::string& line) {
        const auto reader =
            open_detections(LineReader::of_text(line, "p"), {.non_finite = NonFinite::keep});
        return *reader->next();
    };
    const std::string box = R"("bbox": [0.1, 2, 3.5e1, 4])";
    for (
        const std::string predictions :
        {"",
         R"({"category_id": 3, "score": 0.1234567890123456789, )",
         R"({"y": {"score": [7, {"bbox": []}]}, "category_id": 0, "score": 1, "x": [[1], null, true, "s"], )",
         R"({"objectness": 0.5, "score": 0.25, "category_id": 2, "probabilities": [0.25, 0.5, 0.25], )",
         R"({"category_id": 65535, "score": 0, "probabilities": [1e-320, 1], )"}) {
        const auto list =
            predictions.empty() ? "" : predictions + box + "}, " + predictions + box + "}";
        for (const std::string name : {"a.jpg", R"(\u00fc\n\"x)", "images/0001.jpg"}) {
            const auto record = R"({"predictions": [)" + list + R"(], "file_name": ")" + name + '"';
            INFO(record);
            const auto quick = read_one(record + "}");
            const auto tree =
                read_one(record + R"(, "x": NaN})");  // of which the events know nothing
            CHECK(quick.names == tree.names);
            CHECK(quick.lines == tree.lines);
            CHECK(quick.outputs.at(0).labels() == tree.outputs.at(0).labels());
            CHECK(quick.outputs.at(0).scores() == tree.outputs.at(0).scores());
            CHECK(quick.outputs.at(0).object_probabilities() ==
                  tree.outputs.at(0).object_probabilities());
            CHECK(quick.outputs.at(0).class_probabilities() ==
                  tree.outputs.at(0).class_probabilities());
        }
    }
}

}  // namespace trommel::dataset
