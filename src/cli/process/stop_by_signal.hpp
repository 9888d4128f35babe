#pragma once

#include <stop_token>
#include <thread>

namespace trommel::cli {

/// While it lives, the first SIGINT or SIGTERM requests a stop, and a second one ends the program.
/// For verbs that compute on the main thread and have no event loop. Make it before other threads,
/// which then leave the signals alone.
class StopBySignal {
public:
    StopBySignal();
    StopBySignal(const StopBySignal&) = delete;
    StopBySignal& operator=(const StopBySignal&) = delete;

    std::stop_token token() const { return stop_.get_token(); }

private:
    std::stop_source stop_{};
    std::jthread watch_{};
};

}  // namespace trommel::cli
