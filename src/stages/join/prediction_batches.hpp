// Predictions of whole images, of bodies and of several models, on their way from stage to stage;
// others are in trommel/pipeline/ports.hpp.
#pragma once

#include "trommel/dataset/committees.hpp"
#include "trommel/dataset/predictions.hpp"
#include "trommel/pipeline/stage/ports.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace trommel::stages {

/// Segmented images.
struct SegmentationBatch final : Payload {
    static constexpr std::string_view port = "predictions.semantic_segmentation";

    TagSetPtr of{};
    std::vector<SampleIndex> samples{};
    std::vector<dataset::SegmentedImage> images{};  ///< (samples)

    std::size_t records() const override { return samples.size(); }
    std::size_t bytes() const override {
        std::size_t bytes = samples.size() * 64;
        for (const auto& image : images) bytes += image.probs.values().size_bytes();
        return bytes;
    }
};

/// Bodies, or other things with keypoints, found in images.
struct KeypointBatch final : Payload {
    static constexpr std::string_view port = "predictions.keypoint_detection";

    TagSetPtr of{};
    std::vector<SampleIndex> samples{};
    std::vector<scoring::KeypointPrediction> outputs{};  ///< (samples)

    std::size_t records() const override { return samples.size(); }
    std::size_t bytes() const override { return samples.size() * 1024; }
};

/// Class probabilities by several models, or by one with dropout left on.
struct CommitteeBatch final : Payload {
    static constexpr std::string_view port = "predictions.committee";

    TagSetPtr of{};
    std::vector<SampleIndex> samples{};
    std::vector<double> probs{};  ///< (samples, members, classes)
    std::size_t members = 0;
    std::size_t classes = 0;

    std::size_t records() const override { return samples.size(); }
    std::size_t bytes() const override { return probs.size() * sizeof(double); }
};

}  // namespace trommel::stages
