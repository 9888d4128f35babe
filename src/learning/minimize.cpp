#include "learning/minimize.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>
#include <lbfgs.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <memory>
#include <new>

namespace trommel::learning {
namespace {

using Eigen::VectorXd;

/// L-BFGS stops here, where its line search still has digits to compare.
constexpr double lbfgs_tolerance = 1e-5;
constexpr int max_newton_steps = 50;
constexpr int max_halvings = 30;

void require_uncancelled(const std::stop_token& cancelled) {
    if (cancelled.stop_requested()) throw Interrupted("the fit was stopped before its end");
}

/// What the callbacks of one lbfgs() call share.
struct Descent {
    Objective& objective;
    const std::stop_token& cancelled;
    VectorXd point;
    VectorXd gradient;
    double gradient_goal = 0;
    std::exception_ptr
        failure{};  ///< what evaluate threw: libLBFGS is C, nothing may fly through it
};

double evaluate(void* instance,
                const lbfgsfloatval_t* x,
                lbfgsfloatval_t* gradient,
                int size,
                lbfgsfloatval_t /*step*/) {
    auto& descent = *static_cast<Descent*>(instance);
    try {
        std::copy_n(x, size, descent.point.data());
        const double value = descent.objective.evaluate(descent.point, descent.gradient);
        std::copy_n(descent.gradient.data(), size, gradient);
        return value;
    } catch (...) {
        descent.failure = std::current_exception();  // NaN ends the line search; descend rethrows
        return std::numeric_limits<double>::quiet_NaN();
    }
}

/// Anything but 0 ends the descent.
// NOLINTNEXTLINE(readability-function-size): the parameters are libLBFGS's
int progress(void* instance,
             const lbfgsfloatval_t* /*x*/,
             const lbfgsfloatval_t* /*gradient*/,
             lbfgsfloatval_t /*value*/,
             lbfgsfloatval_t /*x_norm*/,
             lbfgsfloatval_t gradient_norm,
             lbfgsfloatval_t /*step*/,
             int /*size*/,
             int /*iteration*/,
             int /*evaluations*/) {
    const auto& descent = *static_cast<Descent*>(instance);
    const bool ends = descent.cancelled.stop_requested() || gradient_norm <= descent.gradient_goal;
    return ends ? 1 : 0;
}

/// Whether libLBFGS could not even begin. Every other failure leaves the best point so far.
bool is_refusal(int status) {
    return status <= LBFGSERR_INVALID_ORTHANTWISE_END && status != LBFGSERR_CANCELED;
}

/// Moves `point` most of the way; returns libLBFGS's status.
int descend(Descent& descent, VectorXd& point) {
    const auto size = static_cast<int>(point.size());
    const std::unique_ptr<lbfgsfloatval_t, decltype(&lbfgs_free)> x(lbfgs_malloc(size),
                                                                    &lbfgs_free);
    if (!x) throw std::bad_alloc();
    std::copy_n(point.data(), size, x.get());

    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.m = 20;
    parameters.epsilon = 0;  // `progress` has the goal: relative to the start, not to x
    parameters.max_iterations = 2000;
    const int status = lbfgs(size, x.get(), nullptr, evaluate, progress, &descent, &parameters);
    if (descent.failure) std::rethrow_exception(descent.failure);
    if (is_refusal(status)) {
        throw DataError(fmt::format("the fit could not begin: {}", lbfgs_phrase(status)));
    }
    std::copy_n(x.get(), size, point.data());
    return status;
}

/// An approximate solution of Hessian * step = -gradient by conjugate gradients: a descent
/// direction of the gradient's norm. Hestenes & Stiefel 1952; stops early as in Dembo, Eisenstat &
/// Steihaug, "Inexact Newton Methods", SIAM J. Numer. Anal. 1982.
VectorXd newton_step(Objective& objective, const VectorXd& gradient, double residual_goal) {
    VectorXd step = VectorXd::Zero(gradient.size());
    VectorXd residual = -gradient;
    VectorXd direction = residual;
    VectorXd product(gradient.size());
    double square = residual.squaredNorm();
    for (Eigen::Index i = 0; i < 2 * gradient.size() && std::sqrt(square) > residual_goal; ++i) {
        objective.multiply_hessian(direction, product);
        const double curvature = direction.dot(product);
        if (!(curvature > 0)) break;
        const double length = square / curvature;
        step += length * direction;
        residual -= length * product;
        const double next_square = residual.squaredNorm();
        direction = residual + (next_square / square) * direction;
        square = next_square;
    }
    return step;
}

/// Goes along `step`, or as much of it as makes the gradient's norm smaller, and sets `gradient`
/// there. Returns whether that was possible.
bool advance(Objective& objective, const VectorXd& step, VectorXd& point, VectorXd& gradient) {
    const double norm = gradient.norm();
    double share = 1;
    for (int halving = 0; halving < max_halvings; ++halving, share /= 2) {
        const VectorXd next = point + share * step;
        objective.evaluate(next, gradient);
        if (gradient.norm() < norm) {
            point = next;
            return true;
        }
    }
    return false;
}

}  // namespace

VectorXd minimize(Objective& objective,
                  const VectorXd& start,
                  double tolerance,
                  std::stop_token cancelled) {
    VectorXd point = start;
    VectorXd gradient(start.size());
    objective.evaluate(point, gradient);
    const double scale = gradient.norm();
    if (!(scale > 0)) return point;

    Descent descent{objective, cancelled, point, gradient, lbfgs_tolerance * scale};
    const int status = descend(descent, point);
    require_uncancelled(cancelled);

    objective.evaluate(point, gradient);
    for (int i = 0; i < max_newton_steps && gradient.norm() > tolerance * scale; ++i) {
        require_uncancelled(cancelled);
        const double goal = std::max(1e-3 * gradient.norm(), 0.1 * tolerance * scale);
        if (!advance(objective, newton_step(objective, gradient, goal), point, gradient)) break;
    }
    objective.evaluate(point, gradient);
    if (gradient.norm() <= tolerance * scale) return point;
    throw DataError(
        fmt::format("the fit did not reach its optimum: the gradient is still {:.1e} of its first "
                    "size, and {}; standardise the features or choose a smaller C",
                    gradient.norm() / scale,
                    lbfgs_phrase(status)));
}

std::string lbfgs_phrase(int status) {
    switch (status) {
        case LBFGS_SUCCESS:
        case LBFGS_STOP:
        case LBFGS_ALREADY_MINIMIZED:
        case LBFGSERR_CANCELED:
            return "libLBFGS was content";
        case LBFGSERR_OUTOFMEMORY:
            return "libLBFGS ran out of memory";
        case LBFGSERR_MAXIMUMITERATION:
            return "libLBFGS used up its iterations";
        case LBFGSERR_OUTOFINTERVAL:
        case LBFGSERR_INCORRECT_TMINMAX:
        case LBFGSERR_ROUNDING_ERROR:
        case LBFGSERR_MINIMUMSTEP:
        case LBFGSERR_MAXIMUMSTEP:
        case LBFGSERR_MAXIMUMLINESEARCH:
        case LBFGSERR_WIDTHTOOSMALL:
        case LBFGSERR_INCREASEGRADIENT:
            return "libLBFGS's line search found no lower value";
        default:
            break;
    }
    return status > 0 ? "libLBFGS was content"
                      : fmt::format("libLBFGS refused its arguments (status {})", status);
}

}  // namespace trommel::learning
