// Scores of classification: from class probabilities.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/scoring/scorer.hpp"

#include <span>
#include <string>
#include <vector>

namespace trommel::scoring {

/// One column for each of `names` (aliases allowed; columns bear the current names), each in
/// [0, 1]: the uncertainties of `probs` (samples, classes), normalised as NormalizedUncertainty.
///
/// A row's scores depend on that row alone, so a dataset may be scored batch by batch. Whether rows
/// are probabilities is not checked here, as it is not by Lightly; see check_probabilities. Throws
/// ConfigError on an unknown name, or one of a committee's scores (committee.hpp), and DataError on
/// samples without a class. No samples are fine.
Scores score_classification(const Probabilities& probs,
                            std::span<const std::string> names,
                            Precision precision = Precision::f64);

/// Lightly's scorer of the same name.
class ScorerClassification final : public Scorer {
public:
    /// `model_output` (samples, classes); one column p is taken as p, 1 - p. Throws DataError on
    /// samples without a class.
    explicit ScorerClassification(Probabilities model_output);

    Scores calculate_scores() const override;
    static std::vector<std::string> score_names();

    const Probabilities& model_output() const { return model_output_; }

private:
    Probabilities model_output_;
};

}  // namespace trommel::scoring
