#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace trommel {

/// Base of every error that trommel raises; caught once, at the top of a run or a request.
///
/// The message is a sentence that says where (file:line:column, sample, stage), what, and what
/// would do.
class Error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What the user wrote cannot be used: a pipeline file, an option. Nothing has run; exit code 2.
class ConfigError : public Error {
    using Error::Error;
};

/// Input data break a stated shape or format; exit code 1.
class DataError : public Error {
    using Error::Error;
};

/// Failed now, and may well succeed when it is tried again: a program that ended badly, a service
/// that is busy; exit code 1.
class TransientError : public Error {
public:
    /// `retry_after` is how long the other side asks to be left alone.
    explicit TransientError(const std::string& message,
                            std::optional<std::chrono::milliseconds> retry_after = {})
        : Error(message), retry_after_(retry_after) {}

    std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }

private:
    std::optional<std::chrono::milliseconds> retry_after_;
};

/// The work was stopped on request, by a signal or its owner; exit code 3.
class Interrupted : public Error {
    using Error::Error;
};

}  // namespace trommel
