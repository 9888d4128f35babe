// Minimisation of a smooth convex function to rounding.
#pragma once

#include <Eigen/Core>

#include <stop_token>
#include <string>

namespace trommel::learning {

/// A smooth convex function of a vector.
class Objective {
public:
    virtual ~Objective() = default;

    /// The value at `point`; sets `gradient`.
    virtual double evaluate(const Eigen::VectorXd& point, Eigen::VectorXd& gradient) = 0;

    /// Sets `product` to the Hessian at the point last evaluated, times `direction`.
    virtual void multiply_hessian(const Eigen::VectorXd& direction, Eigen::VectorXd& product) = 0;
};

/// The point where the gradient's norm is at most `tolerance` of its norm at `start`.
///
/// L-BFGS (libLBFGS; Nocedal, Mathematics of Computation 1980) does most of the way. Its line
/// search compares values, which near the optimum agree in all their digits while the gradient has
/// still half of its own, so Newton steps, found by conjugate gradients, do the rest; they use
/// the gradient alone. Throws DataError when the point is out of reach, with what libLBFGS said;
/// Interrupted when `cancelled` asks for it.
Eigen::VectorXd minimize(Objective& objective,
                         const Eigen::VectorXd& start,
                         double tolerance,
                         std::stop_token cancelled);

/// libLBFGS's status as a phrase: `its line search found no lower value`.
std::string lbfgs_phrase(int status);

}  // namespace trommel::learning
