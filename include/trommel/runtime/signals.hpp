// StopSignals: the user's or the system's wish that the program ends or reads its settings anew.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/signal_set.hpp>

namespace trommel {

/// While it lives, SIGINT and SIGTERM do not end the program but wait here to be asked for.
class StopSignals {
public:
    explicit StopSignals(const asio::any_io_executor& executor);

    /// The number of the next signal, also of one that came before the call.
    asio::awaitable<int> next();

private:
    asio::signal_set signals_;
};

/// While it lives, SIGHUP does not end the program but waits here: a service is to read anew what
/// it was told.
class HangupSignals {
public:
    explicit HangupSignals(const asio::any_io_executor& executor);

    /// Waits for the next one.
    asio::awaitable<void> next();

private:
    asio::signal_set signals_;
};

}  // namespace trommel
