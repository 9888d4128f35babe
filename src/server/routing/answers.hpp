// Answers: responses of the few forms that the API has.
#pragma once

#include "server/wire/rows_source.hpp"
#include "trommel/http/message.hpp"

#include <string>
#include <string_view>

namespace trommel::server {

http::Response json_answer(unsigned status, std::string json);
/// A JSON list that is made while it is sent; `held` is what `write` keeps in memory, in bytes.
http::Response rows_answer(std::size_t count,
                           WriteRow write,
                           Frame frame = {},
                           std::size_t held = 0);
/// 201 `{"id": …}`.
http::Response created(std::string_view id);
/// A JSON string.
http::Response text_answer(std::string_view text);
http::Response plain_answer(std::string text);
/// Without a body.
http::Response done(unsigned status = 200);

/// `{"code": …, "error": …}`.
http::Response error_answer(unsigned status, std::string_view code, std::string_view error);

}  // namespace trommel::server
