// Scores of semantic segmentation: from the class probabilities of every pixel.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/scoring/row_scorer.hpp"
#include "trommel/scoring/scorer.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trommel::scoring {

/// Scores images one after another: the mean over an image's pixels of their uncertainties.
class SegmentationScorer {
public:
    /// `names` as in all_score_names(Task::semantic_segmentation), aliases allowed. Throws
    /// ConfigError on an unknown one.
    explicit SegmentationScorer(std::span<const std::string> names);

    /// The scores of an image, one for each name, each in [0, 1]; `pixels` (pixels, classes) in any
    /// order of pixels. Throws DataError on no pixels or no classes, and, if `check`, on a pixel
    /// that is not a distribution over classes.
    std::vector<double> operator()(std::span<const double> pixels,
                                   std::size_t classes,
                                   bool check = false);
    std::vector<double> operator()(std::span<const float> pixels,
                                   std::size_t classes,
                                   bool check = false);

    /// The current names.
    const std::vector<std::string>& names() const { return names_; }

private:
    template <typename T>
    std::vector<double> score(std::span<const T> pixels, std::size_t classes, bool check);

    std::vector<std::string> names_;
    std::vector<RowKernel> kernels_;
    std::optional<RowScorer> rows_;  ///< of the last image's number of classes
    std::vector<std::vector<double>> scratch_;
};

/// The scores of an image whose pixels are predicted in groups: the mean of the groups'
/// uncertainties, weighted by their pixels; of no group or no pixel 0. `probs` (groups, classes);
/// no `weights`: each group is one pixel. Throws DataError on a group that is not a distribution
/// over classes.
std::vector<double> score_segmented(std::span<const std::string> names,
                                    const Probabilities& probs,
                                    std::span<const double> weights,
                                    Precision precision = Precision::f64);

/// Lightly's scorer of the same name, for images that are made one at a time: they are never all in
/// memory.
class ScorerSemanticSegmentation final : public Scorer {
public:
    /// The next image's pixels (pixels, classes); nothing after the last.
    using NextImage = std::function<std::optional<Probabilities>()>;

    explicit ScorerSemanticSegmentation(NextImage next);
    explicit ScorerSemanticSegmentation(std::vector<Probabilities> model_output);

    /// Takes every image there still is: a second call finds none, unless the images were given as
    /// a list. Throws DataError when there are none, where Lightly's client would upload nothing
    /// without a word.
    Scores calculate_scores() const override;
    static std::vector<std::string> score_names();

private:
    std::vector<Probabilities> images_;
    NextImage next_;
};

}  // namespace trommel::scoring
