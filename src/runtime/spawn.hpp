// spawn: starts a program with pipes to its three standard streams. Knows no loop.
#pragma once

#include "trommel/runtime/process.hpp"

#include <sys/types.h>

#include <utility>

namespace trommel {

/// Owns a file descriptor.
class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~UniqueFd();

    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

/// A running program, the leader of its own process group, and our ends of its pipes.
struct Spawned {
    pid_t pid = 0;
    UniqueFd ended;   ///< a pidfd: readable once it has ended; none if it is reaped
    UniqueFd input;   ///< its standard input, to write to
    UniqueFd output;  ///< its standard output, to read from
    UniqueFd errors;  ///< its standard error, to read from
};

/// Throws Error if the program cannot be started. It gets no other descriptor of ours.
Spawned spawn(const ProcessSpec& spec);

}  // namespace trommel
