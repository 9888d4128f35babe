// Scores of object detection: from the boxes found in each image.
//
// All but object_frequency use one image alone. object_frequency is relative to the whole
// dataset, so a stream of images takes two passes over one double each: keep every image's
// object_frequency and the Extent of them all, then map each by scale_object_frequency.
#pragma once

#include "trommel/scoring/object_detection_output.hpp"
#include "trommel/scoring/scorer.hpp"
#include "trommel/scoring/uncertainty.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace trommel::scoring {

/// How the uncertainties of an image's boxes become one. Lightly takes the largest; sums and means
/// as in Brust et al., "Active Learning for Deep Object Detection", VISAPP 2019.
struct BoxReduction {
    enum class How {
        max,
        mean,
        sum,   ///< not bounded by 1: more boxes, more doubt
        top_k  ///< the mean of the `top` largest, or of all where there are fewer
    };

    How how = How::max;
    std::size_t top = 3;  ///< at least 1
};

/// Each may be set without the other; both lie in [0, 1]. (Lightly's own code fails when exactly
/// one is given; its documentation says what is done here.)
struct ObjectDetectionConfig {
    double frequency_penalty = 0.25;  ///< what a further object of a class adds; its first adds 1
    double min_score = 0.9;           ///< the object_frequency of the image with the least objects
    BoxReduction reduction{};         ///< of the uncertainties
};

/// Throws ConfigError when a setting lies outside [0, 1] or the `top` of none is taken.
void check(const ObjectDetectionConfig& config);

/// How many objects of how many classes: for each class found, 1 for its first object and
/// `frequency_penalty` for each further one. 0 without boxes.
double object_frequency(const ObjectDetectionOutput& image, double frequency_penalty);

/// The lowest and the highest of some numbers.
struct Extent {
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -std::numeric_limits<double>::infinity();

    void include(double value);
};

/// An image's object_frequency mapped linearly from those of all images to [min_score, 1]; 1 where
/// all images have the same. `all` includes `value`.
double scale_object_frequency(double value, const Extent& all, double min_score);

/// 1 - the mean score of the image's boxes; 0 without boxes or where that is NaN.
double objectness_least_confidence(const ObjectDetectionOutput& image);

/// The NormalizedUncertainty of the image's boxes, reduced to one number; 0 without boxes.
double box_uncertainty(Uncertainty measure,
                       const ObjectDetectionOutput& image,
                       BoxReduction reduction = {});

/// One column for each of `names` (aliases allowed; columns bear the current names). `images` is
/// the whole dataset if object_frequency is among them. Throws ConfigError on an unknown name or a
/// setting outside [0, 1], DataError on object_frequency of no images.
Scores score_detections(std::span<const ObjectDetectionOutput> images,
                        std::span<const std::string> names,
                        const ObjectDetectionConfig& config = {});

/// Lightly's scorer of the same name.
class ScorerObjectDetection final : public Scorer {
public:
    /// Throws ConfigError when a setting lies outside [0, 1].
    explicit ScorerObjectDetection(std::vector<ObjectDetectionOutput> model_output,
                                   ObjectDetectionConfig config = {});

    /// Throws DataError when there are no images.
    Scores calculate_scores() const override;
    static std::vector<std::string> score_names();

    const std::vector<ObjectDetectionOutput>& model_output() const { return model_output_; }

private:
    std::vector<ObjectDetectionOutput> model_output_;
    ObjectDetectionConfig config_;
};

}  // namespace trommel::scoring
