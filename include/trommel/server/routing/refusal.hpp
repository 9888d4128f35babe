#pragma once

#include "trommel/http/message.hpp"

#include <string>

namespace trommel::server {

/// How the HTTP floor words what never reaches the server: as all other errors, `{"code",
/// "error"}`.
http::Response refusal(unsigned status, const std::string& reason);

}  // namespace trommel::server
