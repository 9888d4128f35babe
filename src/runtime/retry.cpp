#include "trommel/runtime/retry.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace trommel {

std::chrono::milliseconds retry_delay(const RetryPolicy& policy,
                                      unsigned failures,
                                      const Failure& failure,
                                      Random& random) {
    assert(failures > 0);
    auto longest = std::min(policy.base, policy.max);
    for (unsigned doubled = 1; doubled < failures && longest < policy.max; ++doubled)
        longest = std::min(longest * 2, policy.max);
    const auto choices = static_cast<std::uint64_t>(longest.count()) + 1;
    const std::chrono::milliseconds jitter(random.below(choices));
    return std::max(jitter, failure.retry_after.value_or(std::chrono::milliseconds(0)));
}

}  // namespace trommel
