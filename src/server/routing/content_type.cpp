#include "server/routing/content_type.hpp"

#include "server/wire/api_error.hpp"
#include "trommel/core/text.hpp"

#include <algorithm>

namespace trommel::server {

namespace {

bool is_media(std::string_view type, std::string_view media) {
    const auto own = trim(type.substr(0, type.find(';')));
    return std::equal(own.begin(), own.end(), media.begin(), media.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    });
}

}  // namespace

void check_is_json(const Call& call) {
    if (!call.request.headers.has("Content-Type")) return;
    const auto type = call.header("Content-Type");
    if (is_media(type, "application/json")) return;
    if (!call.caller.token.empty() && is_media(type, "application/x-www-form-urlencoded")) return;
    throw ApiError(415,
                   "MALFORMED_REQUEST",
                   "the body has to come with the header 'Content-Type: application/json'");
}

}  // namespace trommel::server
