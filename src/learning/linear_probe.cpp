#include "trommel/learning/linear_probe.hpp"

#include "learning/features.hpp"
#include "learning/minimize.hpp"
#include "learning/softmax_loss.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <Eigen/Core>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace trommel::learning {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowMajorFloats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// How much smaller than at zero weights the gradient is at the optimum.
constexpr double optimum = 1e-9;

/// Beyond these the two parts of the objective no longer meet in double precision.
constexpr double min_c = 1e-9;
constexpr double max_c = 1e9;

/// Samples whose features are widened to double at a time.
constexpr std::size_t block = 1024;

void require_labelled(const Matrix& features, std::span<const ClassIndex> labels) {
    if (features.rows() != labels.size()) {
        throw DataError(fmt::format("there are {} samples and {} labels; give each sample one",
                                    features.rows(),
                                    labels.size()));
    }
    if (labels.empty()) throw DataError("there is no labelled sample; label at least one");
}

std::vector<ClassIndex> distinct(std::span<const ClassIndex> labels) {
    std::vector<ClassIndex> classes(labels.begin(), labels.end());
    std::ranges::sort(classes);
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    return classes;
}

/// Each label's position in `classes`.
std::vector<std::size_t> positions(std::span<const ClassIndex> labels,
                                   const std::vector<ClassIndex>& classes) {
    std::vector<std::size_t> result;
    result.reserve(labels.size());
    for (const auto label : labels) {
        const auto place = std::ranges::lower_bound(classes, label);
        result.push_back(static_cast<std::size_t>(place - classes.begin()));
    }
    return result;
}

/// Writes the columns (dimensions + 1) of `theta` as the probe's last classes.
void set_weights(LinearProbe& probe, const Eigen::MatrixXd& theta) {
    const auto dimensions = static_cast<std::size_t>(theta.rows()) - 1;
    const auto columns = static_cast<std::size_t>(theta.cols());
    const std::size_t first = probe.classes.size() - columns;
    for (std::size_t k = 0; k < columns; ++k) {
        const auto column = theta.col(static_cast<Eigen::Index>(k));
        std::copy_n(column.data(), dimensions, probe.weights.row(first + k).begin());
        probe.intercepts[first + k] = column(column.size() - 1);
    }
}

/// The logits of the features' rows first … first + count - 1 become those rows of `probs`.
void set_logits(const LinearProbe& probe,
                const Matrix& features,
                std::pair<std::size_t, std::size_t> rows,
                Probabilities& probs) {
    const auto [first, count] = rows;
    const auto samples = static_cast<Eigen::Index>(count);
    const auto dimensions = static_cast<Eigen::Index>(features.cols());
    const auto classes = static_cast<Eigen::Index>(probe.classes.size());
    const Eigen::Map<const RowMajorFloats> x(
        features.values().data() + first * features.cols(), samples, dimensions);
    const Eigen::Map<const RowMajor> weights(probe.weights.values().data(), classes, dimensions);
    const Eigen::Map<const Eigen::RowVectorXd> intercepts(probe.intercepts.data(), classes);
    Eigen::Map<RowMajor> logits(probs.values().data() + first * probs.cols(), samples, classes);
    logits.noalias() = x.cast<double>() * weights.transpose();
    logits.rowwise() += intercepts;
}

void softmax(std::span<double> logits) {
    const double largest = *std::ranges::max_element(logits);
    double sum = 0;
    for (double& x : logits) sum += x = std::exp(x - largest);
    for (double& x : logits) x /= sum;
}

}  // namespace

LinearProbe fit(const Matrix& features,
                std::span<const ClassIndex> labels,
                const FitOptions& options,
                std::stop_token cancelled) {
    if (!(options.c >= min_c && options.c <= max_c)) {
        throw ConfigError(fmt::format("C is {}; give a number in 1e-9..1e9", shortest(options.c)));
    }
    require_labelled(features, labels);
    require_finite(features);

    LinearProbe probe{.classes = distinct(labels)};
    probe.weights = BasicMatrix<double>(probe.classes.size(), features.cols());
    probe.intercepts.resize(probe.classes.size());
    if (probe.classes.size() == 1) return probe;

    const auto targets = positions(labels, probe.classes);
    SoftmaxLoss loss(features, targets, probe.classes.size(), options.c);
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(loss.size());
    set_weights(probe, loss.uncentred(minimize(loss, zero, optimum, std::move(cancelled))));
    return probe;
}

Probabilities predict(const LinearProbe& probe, const Matrix& features) {
    require_dimensions(features, probe.weights.cols(), "the probe");
    require_finite(features);
    Probabilities probs(features.rows(), probe.classes.size());
    for (std::size_t first = 0; first < features.rows(); first += block) {
        set_logits(probe, features, {first, std::min(block, features.rows() - first)}, probs);
    }
    for (std::size_t i = 0; i < probs.rows(); ++i) softmax(probs.row(i));
    return probs;
}

double accuracy(const LinearProbe& probe,
                const Matrix& features,
                std::span<const ClassIndex> labels) {
    require_labelled(features, labels);
    const auto probs = predict(probe, features);
    std::size_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto row = probs.row(i);
        const auto likeliest = std::ranges::max_element(row) - row.begin();
        if (probe.classes[static_cast<std::size_t>(likeliest)] == labels[i]) ++right;
    }
    return static_cast<double>(right) / static_cast<double>(labels.size());
}

}  // namespace trommel::learning
