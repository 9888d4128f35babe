#pragma once

#include "learning/minimize.hpp"
#include "trommel/core/matrix.hpp"

#include <Eigen/Core>

#include <span>

namespace trommel::learning {

/// The objective of `fit`: 0.5 |weights|² + c * sum of -log p(label).
///
/// A point holds one column of (dimensions + 1) numbers for each class, weights and then the
/// intercept; of two classes only the second has a column, and the first's logit is 0. Features are
/// centred first: that moves the optimum's intercepts by weights * mean and nothing else, since
/// intercepts are free, and it makes the descent several times shorter.
class SoftmaxLoss final : public Objective {
public:
    /// `features` (samples, dimensions); `targets` (samples) are positions in 0 … classes - 1;
    /// `classes` is at least 2.
    SoftmaxLoss(const Matrix& features,
                std::span<const std::size_t> targets,
                std::size_t classes,
                double c);

    /// How many numbers a point has.
    Eigen::Index size() const { return features_.cols() * columns_; }

    double evaluate(const Eigen::VectorXd& point, Eigen::VectorXd& gradient) override;
    void multiply_hessian(const Eigen::VectorXd& direction, Eigen::VectorXd& product) override;

    /// The point of the features as given that is `point` of the centred ones: (dimensions + 1,
    /// columns).
    Eigen::MatrixXd uncentred(const Eigen::VectorXd& point) const;

private:
    Eigen::Map<const Eigen::MatrixXd> columns_of(const Eigen::VectorXd& point) const;
    double predict();

    Eigen::Index columns_;
    double c_;
    Eigen::VectorXd means_;          ///< (dimensions)
    Eigen::MatrixXd features_;       ///< (samples, dimensions + 1): centred, then 1
    Eigen::MatrixXd targets_;        ///< (samples, columns): 1 at the label
    Eigen::MatrixXd probs_;          ///< (samples, columns), at the point last evaluated
    Eigen::MatrixXd work_;           ///< (samples, columns)
    Eigen::VectorXd maxima_, sums_;  ///< (samples)
};

}  // namespace trommel::learning
