#include "bench/scoring_files.hpp"

#include "trommel/core/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

namespace trommel::bench {
namespace {

/// Numbers that sum to one, most of them small.
std::vector<float> distribution(Random& random, std::size_t classes) {
    std::vector<float> row(classes);
    double sum = 0;
    for (float& value : row) {
        value = static_cast<float>(std::pow(random.uniform(), 4) + 1e-6);
        sum += static_cast<double>(value);
    }
    for (float& value : row) value = static_cast<float>(static_cast<double>(value) / sum);
    return row;
}

std::string box(Random& random, std::size_t classes) {
    auto text = fmt::format(
        R"({{"category_id": {}, "bbox": [{:.2f}, {:.2f}, {:.2f}, {:.2f}], "score": {:.6f})",
        random.below(20),
        600 * random.uniform(),
        400 * random.uniform(),
        90 * random.uniform(),
        90 * random.uniform(),
        random.uniform());
    if (classes == 0) return text + "}";
    text += R"(, "probabilities": [)";
    for (const float p : distribution(random, classes))
        text += fmt::format("{}{}", text.back() == '[' ? "" : ", ", static_cast<double>(p));
    return text + "]}";
}

}  // namespace

void write_probabilities(const std::filesystem::path& file, std::size_t rows, std::size_t classes) {
    std::ofstream out(file, std::ios::binary);
    auto header = fmt::format(
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, classes);
    header.resize(117, ' ');
    out << std::string("\x93NUMPY\x01\x00\x76\x00", 10) << header << '\n';
    Random random(1, 0, "scoring_bench");
    const std::size_t block = std::min<std::size_t>(rows, 20'000);
    std::vector<float> values;
    for (std::size_t row = 0; row < block; ++row) {
        const auto one = distribution(random, classes);
        values.insert(values.end(), one.begin(), one.end());
    }
    for (std::size_t written = 0; written < rows; written += block) {
        const auto count = std::min(block, rows - written) * classes * sizeof(float);
        out.write(reinterpret_cast<const char*>(values.data()),
                  static_cast<std::streamsize>(count));
    }
}

void write_detections(const std::filesystem::path& file, std::size_t bytes, std::size_t classes) {
    std::ofstream out(file, std::ios::binary);
    Random random(2, 0, "scoring_bench");
    std::size_t image = 0;
    for (std::size_t written = 0; written < bytes; ++image) {
        auto line =
            fmt::format(R"({{"file_name": "images/train/{:08}.jpg", "predictions": [)", image);
        const auto boxes = random.below(13);
        for (std::size_t i = 0; i < boxes; ++i) line += (i > 0 ? ", " : "") + box(random, classes);
        line += "]}\n";
        out << line;
        written += line.size();
    }
}

void write_coco_results(const std::filesystem::path& file, std::size_t bytes) {
    std::ofstream out(file, std::ios::binary);
    Random random(3, 0, "scoring_bench");
    std::vector<std::string> boxes;
    for (int i = 0; i < 1000; ++i) boxes.push_back(box(random, 0).substr(1));
    out << '[';
    std::size_t result = 0;
    for (std::size_t written = 0; written < bytes; ++result) {
        const auto text = fmt::format("{}{{\"image_id\": {}, {}",
                                      result > 0 ? ",\n" : "",
                                      result / 10,
                                      boxes[result % boxes.size()]);
        out << text;
        written += text.size();
    }
    out << ']';
}

}  // namespace trommel::bench
