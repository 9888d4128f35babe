#pragma once

#include <stdexcept>

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

/// The work was stopped on request, by a signal or its owner; exit code 3.
class Interrupted : public Error {
    using Error::Error;
};

}  // namespace trommel
