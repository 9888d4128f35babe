// Uncertainty: how unsure a classifier is about one sample.
//
// `probs` are the probabilities of one sample's classes, two or more of them. Nothing is checked:
// a NaN among them gives NaN (entropy, margin, least confidence) or 0 (NormalizedUncertainty).
#pragma once

#include <cstddef>
#include <span>

namespace trommel::scoring {

/// 1 - max p, in [0, 1 - 1/classes]. Lewis & Gale, SIGIR 1994; Culotta & McCallum, AAAI 2005.
double least_confidence(std::span<const double> probs);
float least_confidence(std::span<const float> probs);

/// 1 - (largest - second largest p), in [0, 1].
/// Scheffer et al., "Active Hidden Markov Models for Information Extraction", IDA 2001.
double margin(std::span<const double> probs);
float margin(std::span<const float> probs);

/// -sum p log2 p, in [0, log2 classes] bits; a p that is not positive adds nothing.
/// Settles & Craven, EMNLP 2008.
double entropy(std::span<const double> probs);
float entropy(std::span<const float> probs);

/// Second largest / largest p, in [0, 1]; NaN where all are 0. As in pyrelational's `ratio`.
double ratio(std::span<const double> probs);
float ratio(std::span<const float> probs);

enum class Uncertainty { least_confidence, margin, entropy, ratio };

/// A measure mapped linearly to [0, 1] over rows of one width: 0 where one class has everything,
/// 1 where all classes are equally likely. What lies outside is clamped; NaN is 0.
class NormalizedUncertainty {
public:
    /// `classes` is the rows' width. One column p is taken as the two columns p, 1 - p. Throws
    /// DataError on none.
    NormalizedUncertainty(Uncertainty measure, std::size_t classes);

    double operator()(std::span<const double> probs) const;
    /// Measured in single precision, as numpy does, then mapped in double.
    double operator()(std::span<const float> probs) const;

private:
    double normalize(double raw) const;

    Uncertainty measure_;
    double low_ = 0;   ///< the measure of a row with one certain class
    double high_ = 1;  ///< the measure of a row of equally likely classes
};

}  // namespace trommel::scoring
