#include "learning/softmax_loss.hpp"

#include <algorithm>

namespace trommel::learning {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Index index(std::size_t i) { return static_cast<Index>(i); }

/// (samples, dimensions + 1): the features, then 1 for the intercept.
MatrixXd with_ones(const Matrix& features) {
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Map<const RowMajor> given(
        features.values().data(), index(features.rows()), index(features.cols()));
    MatrixXd result = MatrixXd::Ones(given.rows(), given.cols() + 1);
    result.leftCols(given.cols()) = given.cast<double>();
    return result;
}

}  // namespace

SoftmaxLoss::SoftmaxLoss(const Matrix& features,
                         std::span<const std::size_t> targets,
                         std::size_t classes,
                         double c)
    : columns_(classes == 2 ? 1 : index(classes)), c_(c), features_(with_ones(features)) {
    const Index dimensions = features_.cols() - 1;
    means_ = features_.leftCols(dimensions).colwise().mean();
    features_.leftCols(dimensions).rowwise() -= means_.transpose();

    targets_ = MatrixXd::Zero(features_.rows(), columns_);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const Index column = classes == 2 ? index(targets[i]) - 1 : index(targets[i]);
        if (column >= 0) targets_(index(i), column) = 1;
    }
    probs_.resizeLike(targets_);
    work_.resizeLike(targets_);
    maxima_.resize(features_.rows());
    sums_.resize(features_.rows());
}

Eigen::Map<const MatrixXd> SoftmaxLoss::columns_of(const VectorXd& point) const {
    return {point.data(), features_.cols(), columns_};
}

/// Sets probs_ from the logits in work_ and returns the sum of -log p(label). Logits are taken
/// relative to each sample's largest, so that nothing overflows.
double SoftmaxLoss::predict() {
    const bool has_base = columns_ == 1;  // the first of two classes, with logit 0
    maxima_ = work_.rowwise().maxCoeff();
    if (has_base) maxima_ = maxima_.cwiseMax(0.0);
    probs_ = (work_.colwise() - maxima_).array().exp();
    sums_ = probs_.rowwise().sum();
    if (has_base) sums_.array() += (-maxima_.array()).exp();
    probs_.array().colwise() /= sums_.array();
    return (maxima_.array() + sums_.array().log()).sum() - work_.cwiseProduct(targets_).sum();
}

double SoftmaxLoss::evaluate(const VectorXd& point, VectorXd& gradient) {
    const auto theta = columns_of(point);
    const Index dimensions = features_.cols() - 1;
    work_.noalias() = features_ * theta;
    const double loss = predict();

    work_ = probs_ - targets_;
    Eigen::Map<MatrixXd> slope(gradient.data(), features_.cols(), columns_);
    slope.noalias() = c_ * features_.transpose() * work_;
    slope.topRows(dimensions) += theta.topRows(dimensions);
    return 0.5 * theta.topRows(dimensions).squaredNorm() + c_ * loss;
}

void SoftmaxLoss::multiply_hessian(const VectorXd& direction, VectorXd& product) {
    const auto theta = columns_of(direction);
    const Index dimensions = features_.cols() - 1;
    work_.noalias() = features_ * theta;
    work_ = work_.cwiseProduct(probs_).eval();
    sums_ = work_.rowwise().sum();
    work_.noalias() -= sums_.asDiagonal() * probs_;

    Eigen::Map<MatrixXd> result(product.data(), features_.cols(), columns_);
    result.noalias() = c_ * features_.transpose() * work_;
    result.topRows(dimensions) += theta.topRows(dimensions);
}

MatrixXd SoftmaxLoss::uncentred(const VectorXd& point) const {
    MatrixXd theta = columns_of(point);
    const Index dimensions = features_.cols() - 1;
    theta.bottomRows(1) -= means_.transpose() * theta.topRows(dimensions);
    return theta;
}

}  // namespace trommel::learning
