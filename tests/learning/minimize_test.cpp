#include "learning/minimize.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>
#include <lbfgs.h>

#include <stdexcept>

namespace trommel::learning {

namespace {

using Eigen::VectorXd;

/// 0.5 sum of curvature * (x - 1)².
class Bowl : public Objective {
public:
    explicit Bowl(VectorXd curvature) : curvature_(std::move(curvature)) {}

    double evaluate(const VectorXd& point, VectorXd& gradient) override {
        const VectorXd off = point.array() - 1;
        gradient = curvature_.cwiseProduct(off);
        return 0.5 * off.dot(gradient);
    }

    void multiply_hessian(const VectorXd& direction, VectorXd& product) override {
        product = curvature_.cwiseProduct(direction);
    }

private:
    VectorXd curvature_;
};

/// A bowl on a pedestal so high that values no longer tell its points apart.
class HighBowl : public Bowl {
public:
    using Bowl::Bowl;
    double evaluate(const VectorXd& point, VectorXd& gradient) override {
        return 1e18 + Bowl::evaluate(point, gradient);
    }
};

/// Falls for ever.
class Slope : public Objective {
public:
    double evaluate(const VectorXd& point, VectorXd& gradient) override {
        gradient.setOnes();
        return point.sum();
    }
    void multiply_hessian(const VectorXd&, VectorXd& product) override { product.setZero(); }
};

/// Fails after its first evaluation.
class Broken : public Objective {
public:
    double evaluate(const VectorXd&, VectorXd& gradient) override {
        if (++evaluations_ > 1) throw std::runtime_error("out of order");
        gradient.setOnes();
        return 1;
    }
    void multiply_hessian(const VectorXd&, VectorXd&) override {}

private:
    int evaluations_ = 0;
};

VectorXd curvatures() { return VectorXd::LinSpaced(13, 1, 1000); }

}  // namespace

TEST_CASE("the lowest point of a bowl is found to rounding", "[learning]") {
    Bowl bowl(curvatures());
    const VectorXd found = minimize(bowl, VectorXd::Zero(13), 1e-12, {});
    CHECK((found.array() - 1).abs().maxCoeff() < 1e-9);
}

TEST_CASE("where values are equal in all digits the gradient leads on", "[learning]") {
    HighBowl bowl(curvatures());
    const VectorXd found = minimize(bowl, VectorXd::Zero(13), 1e-12, {});
    CHECK((found.array() - 1).abs().maxCoeff() < 1e-9);
}

TEST_CASE("a start that is the lowest point is the answer", "[learning]") {
    Bowl bowl(curvatures());
    CHECK(minimize(bowl, VectorXd::Ones(13), 1e-12, {}) == VectorXd::Ones(13));
}

TEST_CASE("a function without a lowest point is an error with a way out", "[learning]") {
    Slope slope;
    CHECK_THROWS_AS(minimize(slope, VectorXd::Zero(3), 1e-9, {}), DataError);
    CHECK_THROWS_WITH(minimize(slope, VectorXd::Zero(3), 1e-9, {}),
                      Catch::Contains("libLBFGS") && Catch::Contains("standardise"));
}

TEST_CASE("what an objective throws comes through libLBFGS", "[learning]") {
    Broken broken;
    CHECK_THROWS_WITH(minimize(broken, VectorXd::Zero(3), 1e-9, {}), "out of order");
}

TEST_CASE("every status of libLBFGS has a phrase", "[learning]") {
    CHECK(lbfgs_phrase(LBFGS_SUCCESS) == "libLBFGS was content");
    CHECK(lbfgs_phrase(LBFGSERR_OUTOFMEMORY) == "libLBFGS ran out of memory");
    CHECK(lbfgs_phrase(LBFGSERR_MAXIMUMITERATION) == "libLBFGS used up its iterations");
    CHECK_THAT(lbfgs_phrase(LBFGSERR_ROUNDING_ERROR), Catch::Contains("line search"));
    CHECK_THAT(lbfgs_phrase(LBFGSERR_INVALID_N), Catch::Contains("refused its arguments"));
}

}  // namespace trommel::learning
