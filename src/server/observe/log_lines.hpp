// How a line of the log is written, without its time and level.
#pragma once

#include "trommel/server/observe/log.hpp"

#include <string>
#include <string_view>

namespace trommel::server {

/// `serve: GET /ping 200 request=abc ms=0.2`.
std::string text_line(std::string_view source,
                      std::string_view message,
                      std::initializer_list<LogField> fields);

/// `"source":"serve","message":"GET /ping 200","request":"abc","ms":0.2`.
std::string json_members(std::string_view source,
                         std::string_view message,
                         std::initializer_list<LogField> fields);

}  // namespace trommel::server
