// MessageError: a message that breaks the rules, with the status that says so.
#pragma once

#include "trommel/core/error.hpp"

#include <string>

namespace trommel::http {

/// A request that cannot be served as it is. Thrown by a handler or by reading a body, it becomes
/// the answer: its status, 4xx or 5xx (RFC 9110), and its text.
class MessageError : public Error {
public:
    MessageError(unsigned status, const std::string& message) : Error(message), status_(status) {}
    unsigned status() const { return status_; }

private:
    unsigned status_;
};

}  // namespace trommel::http
