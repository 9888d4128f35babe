// Head: what appears before a message's body.
#pragma once

#include "trommel/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace trommel::http {

struct Head {
    std::string method{};  ///< of a request
    std::string target{};  ///< of a request: path and query
    unsigned status = 0;   ///< of a response
    Headers headers{};
    std::optional<std::uint64_t> length{};  ///< of the body, as announced
    bool is_1_1 = true;                     ///< else HTTP/1.0
    bool keep_alive = true;                 ///< whether another message may follow
};

}  // namespace trommel::http
