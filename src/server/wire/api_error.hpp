// ApiError: a call that is answered with an error, as Lightly's API does.
#pragma once

#include "trommel/core/error.hpp"

#include <string>

namespace trommel::server {

/// Becomes `{"code": code, "error": message}` with this status.
class ApiError : public Error {
public:
    /// `code` is one of the ApiErrorCode of Lightly's API description.
    ApiError(unsigned status, std::string code, const std::string& message)
        : Error(message), status_(status), code_(std::move(code)) {}

    unsigned status() const { return status_; }
    const std::string& code() const { return code_; }

private:
    unsigned status_;
    std::string code_;
};

}  // namespace trommel::server
