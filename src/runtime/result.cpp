#include "trommel/runtime/result.hpp"

#include "trommel/core/error.hpp"

namespace trommel {

void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
    throw Error(failure.what);
}

}  // namespace trommel
