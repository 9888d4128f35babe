// retry: tries again what may succeed later, waiting longer each time.
#pragma once

#include "trommel/core/random.hpp"
#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/result.hpp"

#include <asio/awaitable.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace trommel {

struct RetryPolicy {
    unsigned attempts = 1;                  ///< in all, 1 or more
    std::chrono::milliseconds base{100};    ///< the longest first wait
    std::chrono::milliseconds max{30'000};  ///< the longest wait
};

/// How long to wait after `failures` (1 or more) attempts: uniform over
/// [0, min(max, base * 2^(failures - 1))], or `retry_after` if that is longer.
///
/// "Full jitter"; M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
std::chrono::milliseconds retry_delay(const RetryPolicy& policy,
                                      unsigned failures,
                                      const Failure& failure,
                                      Random& random);

/// Awaits `attempt()`, a coroutine that returns a Result, until it succeeds, fails for good, or has
/// had its attempts; returns the last Result. Exceptions, and so cancellation, pass at once.
/// `clock` and `random` outlive it. Give it a deadline by with_deadline.
template <typename Attempt>
auto retry(RetryPolicy policy, Clock& clock, Random& random, Attempt attempt)
    -> std::invoke_result_t<Attempt&> {
    for (unsigned failures = 1;; ++failures) {
        auto result = co_await attempt();
        if (result.has_value()) co_return result;
        const Failure failure = result.error();
        if (!failure.retryable || failures >= policy.attempts) co_return result;
        const auto wake = clock.now() + retry_delay(policy, failures, failure, random);
        co_await clock.sleep_until(wake);
    }
}

}  // namespace trommel
