#include "trommel/core/patient_write.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace trommel {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Milliseconds until the time, as poll(2) counts them; -1 for none.
int until(const std::optional<SteadyClock::time_point>& end) {
    if (!end) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - SteadyClock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

/// 0 once the descriptor takes PIPE_BUF bytes without waiting, or has an error to tell.
int wait_until_writable(int descriptor, const std::optional<SteadyClock::time_point>& end) {
    pollfd wanted{.fd = descriptor, .events = POLLOUT, .revents = 0};
    while (true) {
        const int ready = ::poll(&wanted, 1, until(end));
        if (ready > 0) return 0;
        if (ready == 0) return ETIMEDOUT;
        if (errno != EINTR) return errno;
    }
}

}  // namespace

Written write_within(int descriptor,
                     std::string_view bytes,
                     std::optional<std::chrono::milliseconds> patience) noexcept {
    Written written;
    std::optional<SteadyClock::time_point> end;
    if (patience) end = SteadyClock::now() + *patience;
    while (written.bytes < bytes.size()) {
        written.error = wait_until_writable(descriptor, end);
        if (written.error != 0) break;
        const auto left = bytes.substr(written.bytes);
        const auto count =
            ::write(descriptor, left.data(), std::min<std::size_t>(left.size(), PIPE_BUF));
        if (count >= 0)
            written.bytes += static_cast<std::size_t>(count);
        else if (errno != EINTR && errno != EAGAIN)
            return {written.bytes, errno};
    }
    return written;
}

}  // namespace trommel
