// Gate: which calls are let in, and as whose. All of it is asked here, before a route answers.
#pragma once

#include "server/access/rate_limit.hpp"
#include "server/access/signed_urls.hpp"
#include "server/access/site.hpp"
#include "server/access/tokens.hpp"
#include "server/routing/route.hpp"
#include "server/wire/api_error.hpp"

#include <optional>
#include <string>

namespace trommel::server {

class Gate {
public:
    Gate(const Tokens& tokens, const SignedUrls& urls, const ServerOptions& options);

    /// Throws ApiError for a call that no route may answer: it was meant for another server, or its
    /// address calls too often.
    void check(const http::Request& request);

    /// Who calls this route. Throws ApiError if it may not.
    Caller admit(const Route& route, const http::Request& request, const Target& target);

    /// Whether a token that is known, or a URL that was signed here, comes with the request.
    bool knows(const http::Request& request) const;

    const Site& site() const { return site_; }

private:
    Caller caller_of(const Route& route, const http::Request& request, const Target& target) const;
    Caller token_caller(const http::Request& request, const Target& target) const;
    [[noreturn]] void refuse_failed(const http::Request& request, const ApiError& failure);

    const Tokens& tokens_;
    const SignedUrls& urls_;
    Site site_;
    RateLimit calls_by_address_;
    RateLimit calls_by_token_;
    RateLimit failures_;
};

/// A call too many: 429 with a Retry-After.
class TooManyCalls : public ApiError {
public:
    TooManyCalls(const std::string& what, RateLimit::Clock::duration wait);

    std::chrono::seconds retry_after() const { return retry_after_; }

private:
    std::chrono::seconds retry_after_;
};

}  // namespace trommel::server
