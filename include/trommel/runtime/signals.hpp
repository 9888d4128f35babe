// Interrupts: the user's or the system's wish that the program ends.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/signal_set.hpp>

namespace trommel {

/// While it lives, SIGINT and SIGTERM do not end the program but wait here to be asked for.
class Interrupts {
public:
    explicit Interrupts(const asio::any_io_executor& executor);

    /// The number of the next signal, also of one that came before the call.
    asio::awaitable<int> next();

private:
    asio::signal_set signals_;
};

}  // namespace trommel
