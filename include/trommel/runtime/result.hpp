// Result: a value, or a failure that the caller is expected to decide about.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace trommel {

/// Why one attempt or one record failed. Not for what ends the work at hand: that is an Error.
struct Failure {
    std::string what{};                                      ///< a sentence, as in an Error
    bool retryable = false;                                  ///< another attempt may succeed
    std::optional<std::chrono::milliseconds> retry_after{};  ///< the other side's wish
};

/// Converts from a `T` and from a Failure; has_value(), value(), error(). value() of a failure
/// throws it as an Error.
template <typename T>
using Result = boost::system::result<T, Failure>;

[[noreturn]] void throw_exception_from_error(const Failure& failure,
                                             const boost::source_location& where);

}  // namespace trommel
