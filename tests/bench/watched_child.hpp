#pragma once

#include <string>
#include <vector>

namespace trommel::bench {

struct WatchedChild {
    double result = 0;  ///< the number that it printed; -1: it failed
    double seconds = 0;
    double peak_resident = 0;   ///< bytes, pages of mapped files included
    double peak_anonymous = 0;  ///< bytes of its own
};

/// Runs this program anew with the arguments, and uses its memory every few milliseconds. Not a
/// fork alone: the threads of a pool would be missing in it.
WatchedChild watch_child(std::vector<std::string> arguments);

}  // namespace trommel::bench
