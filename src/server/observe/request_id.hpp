// Request ids: by which a caller finds its call in logs.
#pragma once

#include "trommel/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace trommel::server {

inline constexpr auto request_id_header = "X-Request-Id";

/// More of them are not id.
inline constexpr std::size_t most_of_request_id = 128;

/// Makes ids that are unlikely to come twice. They are not secrets.
class RequestIds {
public:
    RequestIds();

    /// The caller's, if it is of letters, digits and `-_.` alone; else a new one.
    std::string of(const http::Headers& headers);

private:
    std::string make();

    std::uint64_t next_;
};

}  // namespace trommel::server
