// Cancellation is an exception, `operation_aborted`, that unwinds the coroutine it stops.
#pragma once

#include <asio/cancellation_state.hpp>

#include <exception>

namespace trommel {

/// True if `error` is nothing but a coroutine that was told to stop. Neither a failure nor a reason
/// to try again.
bool is_cancellation(const std::exception_ptr& error);

namespace detail {

/// What a cancelled coroutine throws: asio::system_error with operation_aborted.
[[noreturn]] void throw_cancelled();

bool is_cancelled(const asio::cancellation_state& state);

}  // namespace detail
}  // namespace trommel
