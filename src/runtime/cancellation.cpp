#include "trommel/runtime/cancellation.hpp"

#include <asio/error.hpp>
#include <asio/system_error.hpp>

namespace trommel {

bool is_cancellation(const std::exception_ptr& error) {
    if (!error) return false;
    try {
        std::rethrow_exception(error);
    } catch (const asio::system_error& thrown) {
        return thrown.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

namespace detail {

void throw_cancelled() { throw asio::system_error(asio::error::operation_aborted); }

bool is_cancelled(const asio::cancellation_state& state) {
    return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace detail
}  // namespace trommel
