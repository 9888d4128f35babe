// The scores that there are: a row each, with the function that computes it. A row appears in the
// file of its function, below src/scoring/scorers/; what else must know scores reads them here.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/scoring/keypoint_detection.hpp"
#include "trommel/scoring/object_detection.hpp"
#include "trommel/scoring/scorer.hpp"
#include "trommel/scoring/uncertainty.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace trommel::scoring {

inline constexpr std::array all_tasks{Task::classification,
                                      Task::object_detection,
                                      Task::semantic_segmentation,
                                      Task::keypoint_detection};

/// A function that is there: made of one alone.
template <typename... Arguments>
class Function {
public:
    using Pointer = double (*)(Arguments...);

    // NOLINTNEXTLINE(google-explicit-constructor): it means the function
    constexpr Function(double (&function)(Arguments...)) : function_(&function) {}

    double operator()(Arguments... arguments) const { return function_(arguments...); }

private:
    Pointer function_;
};

// What a score is computed from says of which task it is.

/// (members, classes) of a sample: needs several models.
struct OfCommittee {
    Function<const Probabilities&> score;
};
/// Of a row of probabilities (classes): a measure that RowScorer has for many rows at once, or a
/// function. Of boxes it is reduced to one number an image, of pixels their mean.
using RowFunction = Function<std::span<const double>>;
using RowKernel = std::variant<RowFunction, Uncertainty>;
struct OfClasses {
    RowKernel score;
};
struct OfBoxes {
    RowKernel score;
};
struct OfPixels {
    RowKernel score;
};
struct OfDetections {
    Function<const ObjectDetectionOutput&> score;
};
/// Compares an image with all others: needs all samples first. Every image has a value; it is
/// scored by that and by the extent of all.
struct OfAllDetections {
    Function<const ObjectDetectionOutput&, const ObjectDetectionConfig&> value;
    Function<double, const Extent&, const ObjectDetectionConfig&> score;
};
struct OfKeypoints {
    Function<std::span<const KeypointInstancePrediction>> score;
};

using Kernel = std::
    variant<OfCommittee, OfClasses, OfBoxes, OfPixels, OfDetections, OfAllDetections, OfKeypoints>;
static_assert(!std::is_default_constructible_v<Kernel>, "no score without a function");

struct ScoreType {
    std::string_view name;
    std::string_view alias{};  ///< the name before 1.1.7; empty: there was none
    std::string_view range;    ///< as an interval
    std::string_view paper;    ///< empty: Lightly's own
    bool is_lightlys = false;  ///< computed unless others are asked for
    Kernel kernel;

    Task task() const;
    bool needs_committee() const { return std::holds_alternative<OfCommittee>(kernel); }
    bool needs_all_samples() const { return std::holds_alternative<OfAllDetections>(kernel); }
};

/// A score of classes, and the same of boxes and of pixels.
std::vector<ScoreType> of_rows(ScoreType of_classes);

/// All of them; those of a task in the order in which they are named, Lightly's first.
std::span<const ScoreType> score_types();

/// The score of `task` that has this name or alias; null where there is none.
const ScoreType* find_score_type(Task task, std::string_view name);

/// The same; throws ConfigError, with the names there are, where there is none.
const ScoreType& score_type(Task task, std::string_view name);

}  // namespace trommel::scoring
