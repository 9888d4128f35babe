#include "trommel/runtime/outside_work.hpp"

#include <asio/execution/context.hpp>
#include <asio/query.hpp>

namespace trommel {

asio::execution_context::id OutsideWork::id;

OutsideWork& OutsideWork::of(asio::execution_context& loop) {
    return asio::use_service<OutsideWork>(loop);
}

OutsideWork& OutsideWork::of(const asio::any_io_executor& executor) {
    return of(asio::query(executor, asio::execution::context));
}

}  // namespace trommel
