#pragma once

#include "trommel/runtime/result.hpp"

#include <exception>

namespace trommel {

/// What a failed attempt of a stage means for another one. Worth another attempt are
/// TransientError, a platform that is unavailable, and time that ran out; all else, such as a fault
/// of configuration or data, would come again. Not for cancellation, which is not a failure.
Failure failure_of(const std::exception_ptr& error);

}  // namespace trommel
