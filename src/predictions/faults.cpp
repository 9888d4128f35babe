#include "trommel/predictions/faults.hpp"

#include "trommel/scoring/probabilities.hpp"

#include <fmt/format.h>

#include <cmath>

namespace trommel::predictions {

std::optional<std::string> prediction_fault(const scoring::ObjectDetectionOutput& image) {
    for (std::size_t box = 0; box < image.boxes().size(); ++box) {
        const double score = image.scores()[box];
        if (!(score >= 0 && score <= 1))
            return fmt::format("the score of box {} lies outside 0..1", box);
        if (auto fault = scoring::probability_fault(image.class_probabilities().row(box)))
            return fmt::format("box {}: {}", box, *fault);
    }
    return std::nullopt;
}

std::optional<std::string> prediction_fault(const dataset::SegmentedImage& image) {
    const auto bad = scoring::check_probabilities(image.probs);
    if (!bad) return std::nullopt;
    return fmt::format("pixels {}: {}", bad->row, bad->reason);
}

std::optional<std::string> prediction_fault(const scoring::KeypointPrediction& image) {
    if (std::isnan(scoring::mean_uncertainty(image)))
        return "the confidence of a keypoint is not a number";
    return std::nullopt;
}

std::optional<std::string> committee_fault(std::span<const double> committee, std::size_t classes) {
    for (std::size_t member = 0; member < committee.size() / classes; ++member)
        if (const auto fault =
                scoring::probability_fault(committee.subspan(member * classes, classes)))
            return fmt::format("member {}: {}", member, *fault);
    return std::nullopt;
}

}  // namespace trommel::predictions
