// The linear probe: softmax regression on embeddings, the cheapest model that shows what labels
// are worth.
#pragma once

#include "trommel/core/matrix.hpp"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace trommel::learning {

/// A class's number in its dataset's list of classes.
using ClassIndex = std::uint32_t;

/// Logits are features * weightsᵀ + intercepts, probabilities their softmax.
///
/// It knows only the classes that were labelled when it was fitted. Of two classes the first has
/// weights and intercept 0, which makes the second's probability a sigmoid; of one class all is 0,
/// and it always has probability 1.
struct LinearProbe {
    std::vector<ClassIndex> classes{};  ///< ascending
    BasicMatrix<double> weights{};      ///< (classes, dimensions)
    std::vector<double> intercepts{};   ///< (classes)
};

struct FitOptions {
    /// What a sample's loss weighs against the weights' size, in [1e-9, 1e9]. Smaller is smoother.
    double c = 1;
};

/// The probe that minimises 0.5 |weights|² + c * sum over samples of -log p(label); intercepts are
/// not penalised, and of two classes only the second's weights exist. Logistic regression as in
/// Hastie, Tibshirani & Friedman, "The Elements of Statistical Learning", 2nd ed., 4.4 and 18.3.2.
///
/// `features` (samples, dimensions) and `labels` (samples) are the labelled samples. The optimum
/// is unique, and the fit is driven to it: the gradient is at most 1e-9 of that at zero weights,
/// so that the result depends neither on the solver nor, beyond rounding, on the samples' order.
/// One thread; O(samples dimensions classes) a step, some hundred steps.
///
/// Throws DataError when there are no samples, lengths do not fit, a feature is not finite, or
/// features are so badly scaled that the optimum is out of reach; ConfigError when c is out
/// of range; Interrupted when `cancelled` asks for it.
LinearProbe fit(const Matrix& features,
                std::span<const ClassIndex> labels,
                const FitOptions& options = {},
                std::stop_token cancelled = {});

/// Probabilities (samples, classes the probe knows), whose column j is probe.classes[j]. Throws
/// DataError when `features` (samples, dimensions) have other dimensions than the probe or are not
/// finite.
Probabilities predict(const LinearProbe& probe, const Matrix& features);

/// The share of samples whose likeliest class, the first of equals, is their label; in [0, 1].
/// Throws DataError as `predict` does, when lengths do not fit and when there are no samples.
double accuracy(const LinearProbe& probe,
                const Matrix& features,
                std::span<const ClassIndex> labels);

}  // namespace trommel::learning
