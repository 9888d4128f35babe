#include "server/access/site.hpp"

#include "server/wire/api_error.hpp"
#include "trommel/core/name.hpp"
#include "trommel/http/url.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::server {

namespace {

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (auto& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return lower;
}

/// Nothing but scheme, host and port.
bool is_bare(std::string_view url) {
    const auto begin = url.find("://");
    return begin != std::string_view::npos &&
           url.substr(begin + 3).find_first_of("/?#@") == std::string_view::npos;
}

bool holds(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

std::string host_of(std::string_view authority) {
    if (authority.find_first_of("/?#@") != std::string_view::npos) return {};
    try {
        auto host = lower_case(http::parse_url("http://" + std::string(authority)).host);
        if (host.ends_with('.')) host.pop_back();
        return host;
    } catch (const Error&) {
        return {};
    }
}

std::string normal_origin(std::string_view origin) {
    if (!is_bare(origin)) return {};
    try {
        return lower_case(http::parse_url(origin).origin());
    } catch (const Error&) {
        return {};
    }
}

Site::Site(const ServerOptions& options)
    : scheme_(options.scheme), public_origin_(normal_origin(options.public_url)) {
    for (const auto& host : options.hosts) {
        const bool is_ip_6 = std::count(host.begin(), host.end(), ':') > 1;
        hosts_.push_back(host_of(is_ip_6 && !host.starts_with('[') ? "[" + host + "]" : host));
    }
    if (!public_origin_.empty()) hosts_.push_back(http::parse_url(public_origin_).host);
    std::erase(hosts_, std::string());
    for (const auto& origin : options.origins) origins_.push_back(normal_origin(origin));
    std::erase(origins_, std::string());
}

void Site::check_form(const http::Request& request) {
    for (const std::string_view name : {"host", "origin", "authorization"})
        if (std::count_if(request.headers.begin(), request.headers.end(), [&](const auto& field) {
                return lower_case(field.name) == name;
            }) > 1)
            throw ApiError(400, "BAD_REQUEST", fmt::format("'{}' appears twice in the head", name));
    const auto host = request.headers.get("Host");
    if (!host.empty() && host_of(host).empty())
        throw ApiError(
            400, "BAD_REQUEST", fmt::format("the Host '{}' is not a host and port", shown(host)));
}

void Site::check_host(const http::Request& request) const {
    // No browser leaves it out, and HTTP/1.1 does not let anybody.
    if (!request.headers.has("Host")) return;
    const auto host = request.headers.get("Host");
    if (holds(hosts_, host_of(host))) return;
    throw ApiError(421,
                   "FORBIDDEN",
                   fmt::format("this server asks for no token, so it answers under its own names "
                               "alone, and '{}' is none of them; add it to 'hosts' of the "
                               "server's configuration, or give the server a token",
                               shown(host)));
}

bool Site::is_own(const http::Request& request, const std::string& origin) const {
    if (origin == public_origin_) return true;
    return origin == normal_origin(fmt::format("{}://{}", scheme_, request.headers.get("Host")));
}

std::string Site::named_origin(const http::Request& request) const {
    auto origin = normal_origin(request.headers.get("Origin"));
    if (!holds(origins_, origin)) origin.clear();
    return origin;
}

void Site::check_origin(const http::Request& request) const {
    if (!named_origin(request).empty()) return;
    if (const auto sent = request.headers.get("Origin"); request.headers.has("Origin")) {
        const auto origin = normal_origin(sent);
        if (origin.empty() || !is_own(request, origin))
            throw ApiError(403,
                           "FORBIDDEN",
                           fmt::format("a page of '{}' may not call this server; name it in "
                                       "'origins' of the server's configuration if it is yours",
                                       shown(sent)));
    }
    const auto site = lower_case(request.headers.get("Sec-Fetch-Site"));
    if (site.empty() || site == "same-origin" || site == "none") return;
    throw ApiError(403,
                   "FORBIDDEN",
                   "a page of another site may not call this server; name its origin in 'origins' "
                   "of the server's configuration if it is yours");
}

}  // namespace trommel::server
