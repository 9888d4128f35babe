#include "server/access/signed_urls.hpp"

#include "server/wire/api_error.hpp"
#include "server/wire/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace trommel::server {

namespace {

/// In the place of a token's id, where the server had none.
constexpr std::string_view open_server = "open";

std::int64_t in_seconds(Timestamp time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

[[noreturn]] void refuse_url(const char* what) {
    throw ApiError(403, "FORBIDDEN", fmt::format("{}; ask the server for another one", what));
}

}  // namespace

Caller caller_of(const TokenRecord& record) {
    return {.role = record.role,
            .token = record.id,
            .name = record.name,
            .team = record.team,
            .expires_at = record.expires_at};
}

Caller everybody() { return {.role = Role::admin}; }

std::string SignedUrls::signature(std::string_view method,
                                  std::string_view path,
                                  std::string_view expires,
                                  std::string_view token) const {
    return secret_.sign(fmt::format("url\n{}\n{}\n{}\n{}", method, path, expires, token));
}

std::string SignedUrls::sign(std::string_view method,
                             std::string_view path,
                             const Caller& caller,
                             Timestamp now,
                             std::chrono::seconds lifetime) const {
    auto last = now + std::min(lifetime, lifetime_);
    if (caller.expires_at) last = std::min(last, *caller.expires_at);
    const auto expires = std::to_string(in_seconds(last));
    const auto token = caller.token.empty() ? open_server : std::string_view(caller.token);
    return fmt::format("{}?expires={}&by={}&signature={}",
                       path,
                       expires,
                       token,
                       signature(method, path, expires, token));
}

Caller SignedUrls::caller_of(std::string_view token, Timestamp now) const {
    if (token == open_server) {
        if (!tokens_.is_open()) refuse_url("the URL is of a time when the server had no tokens");
        return everybody();
    }
    const auto* record = tokens_.with_id(token);
    if (record == nullptr) refuse_url("the token by which the URL was made is gone");
    if (record->expires_at && now >= *record->expires_at)
        refuse_url("the token by which the URL was made has expired");
    return server::caller_of(*record);
}

Caller SignedUrls::check(std::string_view method,
                         std::string_view path,
                         const SignedParts& parts,
                         Timestamp now) const {
    if (!same_secret(signature(method, path, parts.expires, parts.token), parts.signature))
        refuse_url("the URL was not signed for this");
    const auto last = parse_whole(parts.expires, 0, std::numeric_limits<std::int64_t>::max());
    if (!last || in_seconds(now) > *last) refuse_url("the URL has expired");
    auto caller = caller_of(parts.token, now);
    if (method != "GET" && caller.role < Role::write)
        refuse_url("the token by which the URL was made may only read");
    return caller;
}

}  // namespace trommel::server
