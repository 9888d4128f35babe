#include "server/routing/gate.hpp"

#include "server/routing/query_check.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::server {

namespace {

constexpr std::string_view bearer = "bearer ";

bool is_bearer(std::string_view header) {
    return header.size() > bearer.size() &&
           std::equal(bearer.begin(), bearer.end(), header.begin(), [](char a, char b) {
               return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + ('a' - 'A')) : b);
           });
}

/// The text of a token that came in a header or in the query; nothing if none did.
std::optional<std::string> presented(const http::Request& request, const Target& target) {
    const auto header = request.headers.get("Authorization");
    if (is_bearer(header)) {
        const auto token = header.substr(bearer.size());
        return std::string(token.substr(std::min(token.find_first_not_of(' '), token.size())));
    }
    const auto text = target.query("token");
    if (!text || text->empty()) return std::nullopt;
    return *text;
}

[[noreturn]] void refuse_unknown(const std::string& what) {
    throw ApiError(401, "UNAUTHORIZED", what);
}

SignedParts parts_of(const Target& target) {
    return {.expires = target.query("expires").value_or(""),
            .token = target.query("by").value_or(""),
            .signature = target.query("signature").value_or("")};
}

void check_role(const Route& route, const Caller& caller) {
    if (caller.role >= route.role) return;
    throw ApiError(403,
                   "FORBIDDEN",
                   fmt::format("the token may {} but this call needs one that may {}",
                               to_string(caller.role),
                               to_string(route.role)));
}

/// What changes nothing and is everybody's, or is opened by what appears in its URL.
bool is_public_read(const Route& route) {
    return route.role == Role::none && route.method == "GET";
}

}  // namespace

TooManyCalls::TooManyCalls(const std::string& what, RateLimit::Clock::duration wait)
    : ApiError(429, "BAD_REQUEST", what),
      retry_after_(
          std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds(1))) {}

Gate::Gate(const Tokens& tokens, const SignedUrls& urls, const ServerOptions& options)
    : tokens_(tokens),
      urls_(urls),
      site_(options),
      calls_by_address_(options.address_rate),
      calls_by_token_(options.token_rate),
      failures_(options.failure_rate) {}

void Gate::check(const http::Request& request) {
    if (const auto wait = calls_by_address_.take_of(request.peer, RateLimit::Clock::now()))
        throw TooManyCalls("too many calls come from this address; call less often", *wait);
    Site::check_form(request);
    if (tokens_.is_open()) site_.check_host(request);
}

Caller Gate::token_caller(const http::Request& request, const Target& target) const {
    if (tokens_.is_open()) return everybody();
    const auto text = presented(request, target);
    if (!text) refuse_unknown("the call has no token; add ?token=… to its URL");
    const auto* record = tokens_.find(Credential::parse(*text));
    if (record == nullptr) refuse_unknown("the token is not one that this server knows");
    if (record->expires_at && now() >= *record->expires_at)
        refuse_unknown("the token has expired; ask an admin of the server for another one");
    return server::caller_of(*record);
}

Caller Gate::caller_of(const Route& route,
                       const http::Request& request,
                       const Target& target) const {
    if (route.is_signed) return urls_.check(request.method, target.path(), parts_of(target), now());
    if (route.role == Role::none) return {};
    return token_caller(request, target);
}

void Gate::refuse_failed(const http::Request& request, const ApiError& failure) {
    if (const auto wait = failures_.take_of(request.peer, RateLimit::Clock::now()))
        throw TooManyCalls(
            "too many calls from this address had a token or a signature that is "
            "not known; look for the right one",
            *wait);
    throw ApiError(failure.status(), failure.code(), failure.what());
}

Caller Gate::admit(const Route& route, const http::Request& request, const Target& target) {
    if (!is_public_read(route)) site_.check_origin(request);
    check_query(route, target);
    Caller caller;
    try {
        caller = caller_of(route, request, target);
    } catch (const ApiError& failure) {
        refuse_failed(request, failure);
    }
    if (route.role == Role::none) return caller;
    check_role(route, caller);
    if (!caller.token.empty())
        if (const auto wait = calls_by_token_.take(caller.token, RateLimit::Clock::now()))
            throw TooManyCalls("too many calls come with this token; call less often", *wait);
    return caller;
}

bool Gate::knows(const http::Request& request) const {
    if (tokens_.is_open()) return true;
    const Target target(request.target);
    try {
        if (target.query("signature"))
            urls_.check(request.method == "HEAD" ? "GET" : request.method,
                        target.path(),
                        parts_of(target),
                        now());
        else
            token_caller(request, target);
        return true;
    } catch (const ApiError&) {
        return false;
    }
}

}  // namespace trommel::server
