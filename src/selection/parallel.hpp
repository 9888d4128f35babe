#pragma once

#include <cstddef>
#include <functional>

namespace trommel::selection {

/// Calls `body(begin, end)` for ranges that together are [0, count), each about `grain` long or
/// longer, on the threads that the caller's task arena has. Rethrows what `body` throws. How the
/// ranges are cut differs from run to run: no result may depend on it.
void in_parallel(std::size_t count,
                 std::size_t grain,
                 const std::function<void(std::size_t begin, std::size_t end)>& body);

/// How many threads in_parallel has.
std::size_t concurrency();

/// Calls `work` so that in_parallel has `threads`, 1 or more; 0 leaves it as it is.
void with_threads(unsigned threads, const std::function<void()>& work);

}  // namespace trommel::selection
