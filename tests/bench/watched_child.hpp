#pragma once

#include <functional>

namespace trommel::bench {

struct WatchedChild {
    double result = 0;  ///< what the work returned
    double seconds = 0;
    double peak_resident = 0;   ///< bytes, pages of mapped files included
    double peak_anonymous = 0;  ///< bytes of its own
};

/// Runs `work` in a process of its own and looks at its memory every few milliseconds.
WatchedChild watch_child(const std::function<double()>& work);

}  // namespace trommel::bench
