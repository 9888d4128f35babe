// Every format of predictions, every type and every element type of arrays: `trommel score` and a
// pipeline give the same scores, to the last bit.

#include "stages/small_pool.hpp"
#include "support/shell.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/predictions/format.hpp"
#include "trommel/stages/scores/score_files.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <sstream>

namespace trommel {

using predictions::Format;
using predictions::PredictionType;
using test::SmallPool;

namespace {

constexpr int samples = 60;
constexpr int held_out = 18;  ///< of the small pool
constexpr int classes = 3;

/// Numbers of an array that add up to 1 by threes: parts of 64, which every type has exactly, or of
/// 97, which none has.
std::vector<double> probabilities(std::size_t count, int parts) {
    std::vector<double> all;
    for (int i = 0; all.size() < count; ++i) {
        const int first = (i * 13 + 5) % (parts / 2);
        const int second = (i * 7 + 3) % (parts / 2);
        for (const int n : {first, second, parts - first - second})
            all.push_back(static_cast<double>(n) / parts);
    }
    return all;
}

std::string numbers(const std::vector<double>& all, std::size_t first) {
    return fmt::format("[{}, {}, {}]", all[first], all[first + 1], all[first + 2]);
}

/// What a record says beside its name.
std::string content_of(PredictionType type, int i) {
    static const auto probs = probabilities(12 * samples, 97);
    const auto at = static_cast<std::size_t>(12 * i);
    switch (type) {
        case PredictionType::classification:
            return fmt::format("\"probabilities\": {}", numbers(probs, at));
        case PredictionType::committee:
            return fmt::format(
                "\"probabilities\": [{}, {}]", numbers(probs, at), numbers(probs, at + 3));
        case PredictionType::semantic_segmentation:
            return fmt::format("\"probabilities\": [[{}, {}], [{}, {}]]",
                               numbers(probs, at),
                               numbers(probs, at + 3),
                               numbers(probs, at + 6),
                               numbers(probs, at + 9));
        case PredictionType::object_detection:
            return fmt::format(
                "\"predictions\": [{{\"category_id\": {}, \"bbox\": [1, 2, 3, 4], \"score\": {}}}, "
                "{{\"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"score\": {}}}]",
                i % 3,
                probs[at],
                probs[at + 1]);
        case PredictionType::keypoint_detection:
            break;
    }
    return fmt::format(
        "\"predictions\": [{{\"keypoints\": [1, 2, {}, 3, 4, {}]}}]", probs[at], probs[at + 1]);
}

std::string record_of(PredictionType type, int i) {
    return fmt::format("{{\"file_name\": \"{}\", {}}}", i, content_of(type, i));
}

/// How an array is written.
struct Element {
    std::string_view descr;
    int parts;
    void (*append)(std::string& bytes, double value);
};

template <typename Bits>
void append_bits(std::string& bytes, Bits bits) {
    bytes.append(reinterpret_cast<const char*>(&bits), sizeof bits);
}

void append_f16(std::string& bytes, double value) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    const auto exponent = (bits >> 23) - 127 + 15;
    append_bits(bytes,
                static_cast<std::uint16_t>(value == 0 ? 0 : exponent << 10 | (bits >> 13 & 0x3ff)));
}
void append_bf16(std::string& bytes, double value) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    append_bits(bytes, static_cast<std::uint16_t>(bits >> 16));
}
void append_f32(std::string& bytes, double value) { append_bits(bytes, static_cast<float>(value)); }
void append_f64(std::string& bytes, double value) { append_bits(bytes, value); }

const std::vector<Element> elements{{"<f2", 64, append_f16},
                                    {"|V2", 64, append_bf16},
                                    {"<f4", 97, append_f32},
                                    {"<f8", 97, append_f64}};

std::string array_of(PredictionType type, const Element& element, bool in_columns) {
    const bool is_image = type == PredictionType::semantic_segmentation;
    const bool is_committee = type == PredictionType::committee;
    const int width = classes * (is_image ? 4 : is_committee ? 2 : 1);
    auto header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}, {}3), }}",
                              element.descr,
                              in_columns ? "True" : "False",
                              samples,
                              is_image       ? "2, 2, "
                              : is_committee ? "2, "
                                             : "");
    header.resize(117, ' ');
    std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
    bytes += header + '\n';
    const auto all = probabilities(static_cast<std::size_t>(samples * width), element.parts);
    for (int a = 0; a < (in_columns ? width : samples); ++a)
        for (int b = 0; b < (in_columns ? samples : width); ++b)
            element.append(
                bytes, all[static_cast<std::size_t>(in_columns ? b * width + a : a * width + b)]);
    return bytes;
}

std::vector<std::string> write_arrays(const test::TempDir& folder, PredictionType type) {
    std::vector<std::string> files;
    for (const auto& element : elements)
        for (const bool in_columns : {false, true}) {
            if (in_columns && type != PredictionType::classification) continue;
            files.push_back(fmt::format("{}{}.npy", element.descr.substr(1), in_columns));
            folder.write(files.back(), array_of(type, element, in_columns));
        }
    return files;
}

std::vector<std::string> write_lines(const test::TempDir& folder, PredictionType type) {
    std::string text;
    for (int i = 0; i < samples; ++i) text += record_of(type, i) + '\n';
    folder.write("p.jsonl", text);
    return {"p.jsonl"};
}

std::vector<std::string> write_table(const test::TempDir& folder, PredictionType) {
    const auto probs = probabilities(classes * samples, 97);
    std::string text = "file_name,a,b,c\n";
    for (std::size_t i = 0; i < samples; ++i)
        text += fmt::format("{},{},{},{}\n", i, probs[3 * i], probs[3 * i + 1], probs[3 * i + 2]);
    folder.write("p.csv", text);
    return {"p.csv"};
}

std::vector<std::string> write_folder(const test::TempDir& folder, PredictionType type) {
    folder.write("task/schema.json",
                 fmt::format(R"({{"task_type": "{}", "categories": [{{"id": 0, "name": "a"}}, )"
                             R"({{"id": 1, "name": "b"}}, {{"id": 2, "name": "c"}}]}})",
                             predictions::to_string(type)));
    for (int i = 0; i < samples; ++i)
        folder.write(fmt::format("task/{}.json", i), record_of(type, i));
    return {"task"};
}

std::vector<std::string> write_tar(const test::TempDir& folder, PredictionType type) {
    write_folder(folder, type);
    REQUIRE(test::shell("tar -C " + folder.path().string() + " -cf " + (folder / "p.tar").string() +
                        " task")
                .code == 0);
    return {"p.tar"};
}

std::vector<std::string> write_coco(const test::TempDir& folder, PredictionType) {
    const auto probs = probabilities(classes * samples, 97);
    std::string text;
    for (std::size_t i = 0; i < samples; ++i)
        text += fmt::format(
            R"({} {{"image_id": {}, "category_id": {}, "bbox": [1, 2, 3, 4], "score": {}}})",
            i == 0 ? "[" : ",",
            i,
            i % 3,
            probs[i]);
    folder.write("p.json", text + "]");
    return {"p.json"};
}

using Write = std::vector<std::string> (*)(const test::TempDir&, PredictionType);

const std::map<std::string_view, Write> writers{{"jsonl", write_lines},
                                                {"csv", write_table},
                                                {"npy", write_arrays},
                                                {"lightly", write_folder},
                                                {"tar", write_tar},
                                                {"coco", write_coco}};

struct Names {
    std::string_view stage;
    scoring::Task task;
    std::vector<std::vector<std::string>> scores;  ///< those that come in one batch together
};

std::vector<std::string> every_score(scoring::Task task) { return scoring::all_score_names(task); }

Names names_of(PredictionType type) {
    using scoring::Task;
    switch (type) {
        case PredictionType::classification:
            return {"classification",
                    Task::classification,
                    {every_score(Task::semantic_segmentation)}};  // what one model is enough for
        case PredictionType::committee:
            return {"committee", Task::classification, {every_score(Task::classification)}};
        case PredictionType::semantic_segmentation:
            return {"semantic_segmentation",
                    Task::semantic_segmentation,
                    {every_score(Task::semantic_segmentation)}};
        case PredictionType::keypoint_detection:
            return {"keypoint_detection",
                    Task::keypoint_detection,
                    {every_score(Task::keypoint_detection)}};
        case PredictionType::object_detection:
            break;
    }
    auto rest = every_score(Task::object_detection);
    std::erase(rest, "object_frequency");
    return {"object_detection", Task::object_detection, {{"object_frequency"}, rest}};
}

/// Rows of a CSV file by what they begin with.
std::map<std::string, std::string> rows_of(const std::string& csv) {
    std::map<std::string, std::string> rows;
    std::istringstream text(csv);
    for (std::string line; std::getline(text, line);)
        rows.emplace(line.substr(0, line.find(',')), line);
    return rows;
}

/// A pool whose samples are called by numbers, which rows of arrays and COCO's images are too.
void number_samples(const test::TempDir& folder) {
    std::string text = "filenames,embedding_0,embedding_1,labels\n";
    for (int i = 0; i < samples; ++i) text += fmt::format("{},{},{},0\n", i, i, -i);
    folder.write("pool.csv", text);
}

std::string by_command(const test::TempDir& folder,
                       const std::string& file,
                       scoring::Task task,
                       const std::vector<std::string>& scores) {
    stages::ScoreRequest request;
    request.task = task;
    request.inputs = {folder / file};
    request.scores = scores;
    request.output = folder / "scores.csv";
    stages::score_files(request);
    return read_file(request.output);
}

std::string by_pipeline(SmallPool& pool,
                        const std::string& file,
                        std::string_view type,
                        const std::vector<std::string>& scores) {
    pool.run(fmt::format("  fetch: {{uses: fetch_tag}}\n"
                         "  predict: {{uses: predictions.{0}, from: fetch, with: {{file: '{1}', "
                         "on_missing: skip, batch: 7}}}}\n"
                         "  score: {{uses: score.{0}, from: predict, with: {{scores: [{2}]}}}}\n"
                         "  write: {{uses: write_scores, from: score, writes: labeled}}\n",
                         type,
                         file,
                         fmt::join(scores, ", ")),
             "rounds: {max: 1}\n");
    return pool.left("stages/write/scores-1.csv");
}

}  // namespace

TEST_CASE("a pipeline gives the scores of the command, whatever the format and its numbers",
          "[stages]") {
    for (const Format& format : predictions::formats()) {
        REQUIRE(writers.contains(format.name));
        for (const auto type : format.types) {
            SmallPool pool;
            number_samples(pool.folder());
            const auto names = names_of(type);
            for (const auto& file : writers.at(format.name)(pool.folder(), type))
                for (const auto& scores : names.scores) {
                    INFO(format.name << ' ' << names.stage << ' ' << file);
                    const auto expected =
                        rows_of(by_command(pool.folder(), file, names.task, scores));
                    const auto given = rows_of(by_pipeline(pool, file, names.stage, scores));
                    REQUIRE(expected.size() == samples + 1);
                    REQUIRE(given.size() == samples - held_out + 1);
                    for (const auto& [name, row] : given) REQUIRE(row == expected.at(name));
                }
        }
    }
}

}  // namespace trommel
