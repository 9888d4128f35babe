// Writing to descriptors that may be slow, full or gone: a terminal, a pipe, a log on a full disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace trommel {

struct Written {
    std::size_t bytes = 0;
    int error = 0;  ///< an errno; ETIMEDOUT when the patience was used up
};

/// Writes the bytes to a descriptor that is not ours to change, a piece at a time, so that no pipe
/// or terminal that is read slowly holds the caller for longer than `patience`; without one it is
/// waited for. A pipe without a reader raises SIGPIPE, unless that is ignored.
Written write_within(int descriptor,
                     std::string_view bytes,
                     std::optional<std::chrono::milliseconds> patience) noexcept;

}  // namespace trommel
