#pragma once

#include "trommel/dataset/committees.hpp"
#include "trommel/dataset/files/npy.hpp"
#include "trommel/dataset/predictions.hpp"
#include "trommel/scoring/scorer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trommel::predictions {

/// What a model has predicted; `committee` are several classifications of each sample.
enum class PredictionType {
    classification,
    committee,
    object_detection,
    semantic_segmentation,
    keypoint_detection
};

PredictionType type_of(scoring::Task task);
/// As messages call it: the name of its task, or `committees`.
std::string_view to_string(PredictionType type);

/// Rows of an array, read when they are needed: where they lie, if that may be.
struct ArrayRows {
    dataset::NpyArray array;
    PredictionType type{};
    std::size_t first = 0;
    std::size_t count = 0;
    std::vector<std::string> names{};  ///< (count), or none: names are numbers,
    std::uint64_t first_name = 0;      ///< which begin here

    std::string name(std::size_t row) const {
        return names.empty() ? std::to_string(first_name + row) : names[row];
    }
    scoring::Precision precision() const {
        return array.type() == dataset::NumberType::f64 ? scoring::Precision::f64
                                                        : scoring::Precision::f32;
    }
};

/// Predictions of some samples, whatever their type.
struct Batch {
    std::variant<dataset::ClassificationRecords,
                 dataset::CommitteeRecords,
                 dataset::DetectionRecords,
                 dataset::SegmentationRecords,
                 dataset::KeypointRecords,
                 ArrayRows>
        predictions;
    std::string file{};                ///< as errors call it
    std::vector<std::string> files{};  ///< (samples) where each has a file of its own

    const std::string& file_of(std::size_t sample) const {
        return files.empty() ? file : files[sample];
    }
};

}  // namespace trommel::predictions
