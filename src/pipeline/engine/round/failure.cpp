// The failure of a stage: its message with file, line, stage and round, and whether it may pass.
#include "pipeline/engine/round/failure.hpp"

#include "trommel/core/error.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/runtime/deadline.hpp"

namespace trommel {

Failure failure_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const TransientError& transient) {
        return {
            .what = transient.what(), .retryable = true, .retry_after = transient.retry_after()};
    } catch (const PlatformError& platform) {
        const bool unavailable = platform.reason() == PlatformError::Reason::unavailable;
        return {.what = platform.what(), .retryable = unavailable, .retry_after = {}};
    } catch (const DeadlineExceeded& late) {
        return {.what = late.what(), .retryable = true, .retry_after = {}};
    } catch (const std::exception& other) {
        return {.what = other.what(), .retryable = false, .retry_after = {}};
    }
}

}  // namespace trommel
