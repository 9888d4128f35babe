// Scores and their names: how much each sample is worth labelling.
//
// Every score is higher for what to label sooner. Names and formulas are those of Lightly's
// scorers (since 1.1.7); the names before that are aliases.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::scoring {

/// What the model predicts.
enum class Task { classification, object_detection, semantic_segmentation, keypoint_detection };

/// `classification`, `object-detection`, `semantic-segmentation` or `keypoint-detection`, as in
/// Lightly's schema.json.
std::string_view to_string(Task task);
std::optional<Task> find_task(std::string_view name);

/// In which predictions were written. They are measured in the same, as numpy does, and mapped to
/// scores in double; what holds numbers of single precision in double has them exactly.
enum class Precision { f32, f64 };

/// One score of every sample, in the samples' order.
struct ScoreColumn {
    std::string name{};
    std::vector<double> values{};

    friend bool operator==(const ScoreColumn&, const ScoreColumn&) = default;
};

/// Some scores of the same samples, in the order in which they were asked for.
using Scores = std::vector<ScoreColumn>;

/// Turns the predictions that it holds into scores.
class Scorer {
public:
    virtual ~Scorer() = default;

    /// Every score of the scorer's task, in the order of `score_names`.
    virtual Scores calculate_scores() const = 0;
};

/// The names of Lightly's scores of `task`, in its order: those that are computed unless others are
/// asked for.
std::vector<std::string> score_names(Task task);

/// The names of all scores of `task`, Lightly's first.
std::vector<std::string> all_score_names(Task task);

/// The current name of the score that `name` means for `task`, or nothing if it means none.
///
/// A name from before 1.1.7 means the score that measures the same quantity today:
///  - classification `prediction-margin`, which was 1 - max p, is `uncertainty_least_confidence`
///    (now divided by 1 - 1/classes);
///  - classification `prediction-entropy`, in bits, is `uncertainty_entropy` (now divided by
///    log2 classes);
///  - detection `object-frequency` is `object_frequency`, unchanged;
///  - detection `prediction-margin`, 1 - mean score, is `objectness_least_confidence`, unchanged.
/// The divisions keep the samples' order, so an alias selects what the old name selected.
std::optional<std::string> find_score_name(Task task, std::string_view name);

/// As find_score_name; throws ConfigError, with the names there are, if there is none.
std::string score_name(Task task, std::string_view name);

}  // namespace trommel::scoring
