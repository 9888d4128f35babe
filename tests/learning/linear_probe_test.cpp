#include "trommel/learning/linear_probe.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace trommel::learning {

namespace {

struct Labelled {
    Matrix features{};
    std::vector<ClassIndex> labels{};
};

/// Samples of `classes` overlapping clouds in `dimensions`.
Labelled clouds(std::size_t samples, std::size_t dimensions, ClassIndex classes) {
    Random random(11, 1, "clouds");
    Labelled data{.features = Matrix(samples, dimensions)};
    for (std::size_t i = 0; i < samples; ++i) {
        const auto label = static_cast<ClassIndex>(random.below(classes));
        data.labels.push_back(label);
        for (float& x : data.features.row(i)) x = static_cast<float>(3 * random.uniform());
        data.features(i, label % dimensions) += 1;
    }
    return data;
}

Labelled reordered(const Labelled& data) {
    Random random(12, 1, "order");
    Labelled result;
    for (const auto i : draw(random, data.labels.size(), data.labels.size())) {
        result.features.append_row(data.features.row(i));
        result.labels.push_back(data.labels[i]);
    }
    return result;
}

double dot(std::span<const double> weights, std::span<const float> features) {
    double sum = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) sum += weights[j] * features[j];
    return sum;
}

/// -log softmax of the sample's logits at its label, as the definition reads.
double sample_loss(const LinearProbe& probe, std::span<const float> features, ClassIndex label) {
    double sum = 0;
    double own = 0;
    for (std::size_t k = 0; k < probe.classes.size(); ++k) {
        const double logit = dot(probe.weights.row(k), features) + probe.intercepts[k];
        sum += std::exp(logit);
        if (probe.classes[k] == label) own = logit;
    }
    return std::log(sum) - own;
}

double objective(const LinearProbe& probe, const Labelled& data, double c) {
    double penalty = 0;
    for (const double w : probe.weights.values()) penalty += 0.5 * w * w;
    double loss = 0;
    for (std::size_t i = 0; i < data.labels.size(); ++i) {
        loss += sample_loss(probe, data.features.row(i), data.labels[i]);
    }
    return penalty + c * loss;
}

/// The slope of the objective along one parameter of `probe`, by central differences.
double slope(LinearProbe& probe, double& parameter, const Labelled& data, double c) {
    constexpr double step = 1e-4;
    const double at = parameter;
    parameter = at + step;
    const double above = objective(probe, data, c);
    parameter = at - step;
    const double below = objective(probe, data, c);
    parameter = at;
    return (above - below) / (2 * step);
}

/// The steepest slope of the objective along any parameter of the classes from `first` on.
double steepest(LinearProbe probe, const Labelled& data, double c, std::size_t first) {
    double result = 0;
    for (std::size_t k = first; k < probe.classes.size(); ++k) {
        for (double& w : probe.weights.row(k)) {
            result = std::max(result, std::abs(slope(probe, w, data, c)));
        }
        result = std::max(result, std::abs(slope(probe, probe.intercepts[k], data, c)));
    }
    return result;
}

const Labelled two_points{.features = {{-1}, {1}}, .labels = {0, 1}};

}  // namespace

TEST_CASE("at the optimum the objective is flat along every parameter", "[learning]") {
    const auto data = clouds(60, 4, 5);
    for (const double c : {0.01, 1.0, 100.0}) {
        const auto probe = fit(data.features, data.labels, {.c = c});
        CHECK(steepest(probe, data, c, 0) < 1e-6 * std::max(1.0, c));
    }
}

TEST_CASE("two classes are fitted as logistic regression with one weight vector", "[learning]") {
    const auto data = clouds(60, 3, 2);
    const auto probe = fit(data.features, data.labels);

    for (const double w : probe.weights.row(0)) CHECK(w == 0);
    CHECK(probe.intercepts[0] == 0);
    // Flat along the second class's parameters, where the first's are held at 0.
    CHECK(steepest(probe, data, 1, 1) < 1e-6);
    CHECK(steepest(probe, data, 1, 0) > 1e-2);

    const auto probs = predict(probe, data.features);
    const double logit = dot(probe.weights.row(1), data.features.row(7)) + probe.intercepts[1];
    CHECK(probs(7, 1) == Approx(1 / (1 + std::exp(-logit))).epsilon(1e-12));
}

TEST_CASE("two points at -1 and 1 have the weight of the closed form", "[learning]") {
    // The derivative of 0.5 w² + 2 c log(1 + exp(-w)) is 0 where w (1 + exp(w)) = 2 c.
    for (const double c : {0.1, 1.0, 30.0}) {
        double low = 0;
        double high = 2 * c;
        for (int i = 0; i < 100; ++i) {
            const double w = (low + high) / 2;
            (w * (1 + std::exp(w)) < 2 * c ? low : high) = w;
        }

        const auto probe = fit(two_points.features, two_points.labels, {.c = c});

        CHECK(probe.weights(1, 0) == Approx(low).epsilon(1e-8));
        CHECK(probe.intercepts[1] == Approx(0).margin(1e-8));
    }
}

TEST_CASE("with nothing to tell classes apart the probabilities are their shares", "[learning]") {
    const Labelled data{.features = {{5}, {5}, {5}, {5}}, .labels = {0, 1, 1, 2}};
    const auto probs = predict(fit(data.features, data.labels), data.features);

    CHECK(probs(0, 0) == Approx(0.25));
    CHECK(probs(0, 1) == Approx(0.5));
    CHECK(probs(0, 2) == Approx(0.25));
}

TEST_CASE("the order of the samples does not matter", "[learning]") {
    const auto data = clouds(80, 6, 4);
    const auto shuffled = reordered(data);

    const auto probs = predict(fit(data.features, data.labels), data.features);
    const auto other = predict(fit(shuffled.features, shuffled.labels), data.features);

    for (std::size_t i = 0; i < probs.values().size(); ++i) {
        REQUIRE(probs.values()[i] == Approx(other.values()[i]).margin(1e-6));
    }
}

TEST_CASE("moving all features moves no probability", "[learning]") {
    // Intercepts are not penalised.
    const auto data = clouds(50, 3, 3);
    auto moved = data;
    for (float& x : moved.features.values()) x += 64;

    const auto probs = predict(fit(data.features, data.labels), data.features);
    const auto other = predict(fit(moved.features, moved.labels), moved.features);

    for (std::size_t i = 0; i < probs.values().size(); ++i) {
        REQUIRE(probs.values()[i] == Approx(other.values()[i]).margin(1e-3));
    }
}

TEST_CASE("fitting twice gives the same bits", "[learning]") {
    const auto data = clouds(50, 3, 3);
    CHECK(fit(data.features, data.labels).weights == fit(data.features, data.labels).weights);
}

TEST_CASE("one labelled class is predicted with probability 1", "[learning]") {
    const std::vector<ClassIndex> labels{7, 7};
    const auto probe = fit(two_points.features, labels);

    CHECK(probe.classes == std::vector<ClassIndex>{7});
    CHECK(predict(probe, {{-100}, {0}, {3}}) == Probabilities{{1}, {1}, {1}});
}

TEST_CASE("a class that is not labelled does not exist for the probe", "[learning]") {
    const Labelled data{.features = {{0}, {1}, {2}}, .labels = {9, 4, 0}};
    const auto probe = fit(data.features, data.labels);

    CHECK(probe.classes == std::vector<ClassIndex>{0, 4, 9});
    CHECK(predict(probe, data.features).cols() == 3);
}

TEST_CASE("probabilities sum to 1 however far a sample lies", "[learning]") {
    const auto data = clouds(50, 3, 3);
    const auto probs =
        predict(fit(data.features, data.labels), {{1e30f, -1e30f, 0}, {0, 0, 0}, {-1e9f, 1, 1}});

    for (std::size_t i = 0; i < probs.rows(); ++i) {
        CHECK(probs(i, 0) + probs(i, 1) + probs(i, 2) == Approx(1));
    }
}

TEST_CASE("classes that a line separates are learnt with finite weights", "[learning]") {
    const Labelled data{.features = {{0, 0}, {0, 1}, {9, 0}, {9, 1}, {0, 9}},
                        .labels = {0, 0, 1, 1, 2}};
    const auto probe = fit(data.features, data.labels, {.c = 1e6});

    for (const double w : probe.weights.values()) CHECK(std::isfinite(w));
    CHECK(accuracy(probe, data.features, data.labels) == 1);
}

TEST_CASE("equal samples with different labels are fine", "[learning]") {
    const Labelled data{.features = {{1}, {1}}, .labels = {0, 1}};
    CHECK(predict(fit(data.features, data.labels), {{1}})(0, 0) == Approx(0.5));
}

TEST_CASE("many samples are predicted as each is alone", "[learning]") {
    const auto data = clouds(2500, 3, 3);
    const auto probe = fit(clouds(50, 3, 3).features, clouds(50, 3, 3).labels);
    const auto probs = predict(probe, data.features);

    for (const std::size_t i :
         {std::size_t{0}, std::size_t{1023}, std::size_t{1024}, std::size_t{2499}}) {
        Matrix one;
        one.append_row(data.features.row(i));
        CHECK(probs(i, 2) == Approx(predict(probe, one)(0, 2)).epsilon(1e-12));
    }
}

TEST_CASE("accuracy is the share of right answers", "[learning]") {
    const auto probe = fit(two_points.features, two_points.labels);
    CHECK(accuracy(probe, {{-3}, {-2}, {2}, {3}}, std::vector<ClassIndex>{0, 1, 1, 1}) == 0.75);
}

TEST_CASE("a label the probe never saw counts as wrong", "[learning]") {
    const auto probe = fit(two_points.features, two_points.labels);
    CHECK(accuracy(probe, {{-3}, {2}}, std::vector<ClassIndex>{0, 5}) == 0.5);
}

TEST_CASE("of equally likely classes the first is the answer", "[learning]") {
    const auto probe = fit({{1}, {1}}, std::vector<ClassIndex>{3, 6});
    REQUIRE(predict(probe, {{1}})(0, 0) == predict(probe, {{1}})(0, 1));
    CHECK(accuracy(probe, {{1}}, std::vector<ClassIndex>{3}) == 1);
}

TEST_CASE("a fit is refused where data cannot be used", "[learning]") {
    const std::vector<ClassIndex> labels{0, 1};
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH(fit({{1}, {2}, {3}}, labels), Catch::Contains("3 samples and 2 labels"));
    CHECK_THROWS_WITH(fit({}, {}), Catch::Contains("no labelled sample"));
    CHECK_THROWS_WITH(fit({{1, 2}, {3, nan}}, labels), Catch::Contains("row 1, dimension 1"));
}

TEST_CASE("a fit is refused where C is out of range", "[learning]") {
    for (const double c : {0.0, -1.0, 1e300, std::nan("")}) {
        CHECK_THROWS_AS(fit(two_points.features, two_points.labels, {.c = c}), ConfigError);
    }
}

TEST_CASE("features of another width or not finite are refused by predict", "[learning]") {
    const auto probe = fit(two_points.features, two_points.labels);
    const float infinity = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH(predict(probe, {{1, 2}}), Catch::Contains("2 dimensions"));
    CHECK_THROWS_AS(predict(probe, {{0}, {infinity}}), DataError);
    CHECK(predict(probe, Matrix{}).rows() == 0);
}

TEST_CASE("accuracy without samples is refused", "[learning]") {
    const auto probe = fit(two_points.features, two_points.labels);
    CHECK_THROWS_AS(accuracy(probe, Matrix{}, {}), DataError);
}

TEST_CASE("a fit stops when asked to", "[learning]") {
    const auto data = clouds(50, 3, 3);
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS(fit(data.features, data.labels, {}, stop.get_token()), Interrupted);
}

}  // namespace trommel::learning
