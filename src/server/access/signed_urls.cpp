#include "server/access/signed_urls.hpp"

#include "server/wire/api_error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace trommel::server {

namespace {

std::int64_t seconds(Timestamp time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string SignedUrls::signature(std::string_view method,
                                  std::string_view path,
                                  std::string_view expires) const {
    return secret_.sign(fmt::format("{}\n{}\n{}", method, path, expires));
}

std::string SignedUrls::sign(std::string_view method,
                             std::string_view path,
                             Timestamp now,
                             std::chrono::seconds lifetime) const {
    const auto expires = std::to_string(seconds(now + lifetime));
    return fmt::format(
        "{}?expires={}&signature={}", path, expires, signature(method, path, expires));
}

void SignedUrls::check(std::string_view method,
                       std::string_view path,
                       std::string_view expires,
                       std::string_view signature,
                       Timestamp now) const {
    if (!same_secret(this->signature(method, path, expires), signature))
        throw ApiError(
            403, "FORBIDDEN", "the URL was not signed for this; ask the server for another one");
    std::int64_t last = 0;
    std::from_chars(expires.data(), expires.data() + expires.size(), last);
    if (seconds(now) > last)
        throw ApiError(403, "FORBIDDEN", "the URL has expired; ask the server for another one");
}

}  // namespace trommel::server
