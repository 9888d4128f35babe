// Why a sample's prediction is none that can be scored.
#pragma once

#include "trommel/dataset/predictions.hpp"

#include <optional>
#include <span>
#include <string>

namespace trommel::predictions {

/// What is wrong, for people, without a capital and a full stop; nothing if all probabilities are
/// some.
std::optional<std::string> prediction_fault(const scoring::ObjectDetectionOutput& image);
std::optional<std::string> prediction_fault(const dataset::SegmentedImage& image);
std::optional<std::string> prediction_fault(const scoring::KeypointPrediction& image);
/// `committee` is (members, classes).
std::optional<std::string> committee_fault(std::span<const double> committee, std::size_t classes);

}  // namespace trommel::predictions
