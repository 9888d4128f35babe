// Settings of reading and scoring that pipelines and `trommel score` share: each is declared once.
#pragma once

#include "trommel/scoring/object_detection.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace trommel::predictions {

struct SharedSetting {
    const char* name;
    const char* help;
    std::optional<double> min{};
    std::optional<double> max{};
};

inline constexpr SharedSetting member{"member", "Name of the array in a .npz file."};
inline constexpr SharedSetting prediction_task{"prediction_task",
                                               "Task to read from a folder with tasks.json."};
inline constexpr SharedSetting frequency_penalty{
    "frequency_penalty",
    "object_frequency: value of each further object of a class; the first counts 1.",
    0,
    1};
inline constexpr SharedSetting min_score{
    "min_score", "object_frequency of the image with the fewest objects; the highest is 1.", 0, 1};
inline constexpr SharedSetting reduce{
    "reduce", "Reduction of the box uncertainties of an image; top_k: mean of the largest."};
inline constexpr SharedSetting top_k{"top_k", "Number of boxes for top_k.", 1, 1e6};

/// What `reduce` may be.
inline constexpr std::pair<const char*, scoring::BoxReduction::How> reductions[] = {
    {"max", scoring::BoxReduction::How::max},
    {"mean", scoring::BoxReduction::How::mean},
    {"sum", scoring::BoxReduction::How::sum},
    {"top_k", scoring::BoxReduction::How::top_k}};

}  // namespace trommel::predictions
