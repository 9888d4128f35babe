// Headers that every answer has, for the browser of somebody who was led here (OWASP's HTTP headers
// and REST security cheat sheets).
#pragma once

#include "server/access/site.hpp"
#include "trommel/http/message.hpp"

namespace trommel::server {

/// No guessing at types, no scripts, no frames, no storing, no URL with a token told to others.
/// What a route has set itself stays.
void add_safe_headers(http::Response& response);

/// Lets a page of a named origin read the answer (CORS).
void add_named_origin(http::Response& response, const Site& site, const http::Request& request);

/// The answer to what a browser asks before a call of a page of a named origin; 403 for others.
http::Response preflight_answer(const Site& site, const http::Request& request);

}  // namespace trommel::server
