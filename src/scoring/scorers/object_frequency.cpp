#include "scoring/arithmetic.hpp"
#include "trommel/scoring/score_type.hpp"

#include <algorithm>
#include <unordered_map>

namespace trommel::scoring {
namespace {

double value_of(const ObjectDetectionOutput& image, const ObjectDetectionConfig& config) {
    return object_frequency(image, config.frequency_penalty);
}

double scaled(double value, const Extent& all, const ObjectDetectionConfig& config) {
    return scale_object_frequency(value, all, config.min_score);
}

}  // namespace

double object_frequency(const ObjectDetectionOutput& image, double frequency_penalty) {
    std::vector<double>
        values;  // of each label, in the order of its first box: the order of adding
    std::unordered_map<int, std::size_t> places;
    for (const int label : image.labels()) {
        const auto [place, is_new] = places.try_emplace(label, values.size());
        if (is_new) {
            values.push_back(1);
        } else {
            values[place->second] += frequency_penalty;
        }
    }
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
}

void Extent::include(double value) {
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
}

double scale_object_frequency(double value, const Extent& all, double min_score) {
    return interpolate(value, {all.lowest, all.highest}, {min_score, 1});
}

std::vector<ScoreType> object_frequency_score() {
    return {{.name = "object_frequency",
             .alias = "object-frequency",
             .range = "[min_score, 1]",
             .paper = "",
             .is_lightlys = true,
             .kernel = OfAllDetections{.value = value_of, .score = scaled}}};
}

}  // namespace trommel::scoring
