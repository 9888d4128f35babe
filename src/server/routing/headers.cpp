#include "server/routing/headers.hpp"

#include "server/routing/answers.hpp"

#include <array>
#include <utility>

namespace trommel::server {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 6> safe_headers{
    {{"X-Content-Type-Options", "nosniff"},
     {"Cache-Control", "no-store"},
     {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"},
     {"X-Frame-Options", "DENY"},
     {"Referrer-Policy", "no-referrer"},
     {"Cross-Origin-Resource-Policy", "same-origin"}}};

}  // namespace

void add_safe_headers(http::Response& response) {
    for (const auto& [name, value] : safe_headers)
        if (!response.headers.has(name)) response.headers.add(name, value);
}

void add_named_origin(http::Response& response, const Site& site, const http::Request& request) {
    auto origin = site.named_origin(request);
    if (origin.empty()) return;
    response.headers.set("Access-Control-Allow-Origin", std::move(origin));
    response.headers.set("Vary", "Origin");
}

http::Response preflight_answer(const Site& site, const http::Request& request) {
    if (site.named_origin(request).empty())
        return error_answer(403, "FORBIDDEN", "a page of this origin may not call this server");
    auto response = done(204);
    response.headers.add("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
    response.headers.add("Access-Control-Allow-Headers",
                         "Authorization, Content-Type, Idempotency-Key");
    response.headers.add("Access-Control-Max-Age", "600");
    return response;
}

}  // namespace trommel::server
