// Site: what this server is to browsers. A web page that somebody has open may send calls to any
// address that its machine reaches, also under a name that it has turned to that address (DNS
// rebinding).
#pragma once

#include "trommel/http/message.hpp"
#include "trommel/server/options/server_options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trommel::server {

/// A host without its port, in lower case, without brackets and a full stop at its end; empty for
/// what is not `host[:port]`.
std::string host_of(std::string_view authority);

/// `https://host:port` in lower case, without a port that is the scheme's own; empty for what is
/// not an origin of http or https, as `null`.
std::string normal_origin(std::string_view origin);

class Site {
public:
    explicit Site(const ServerOptions& options);

    /// Refuses with ApiError 400 a Host that is not a host, and of Host, Origin and Authorization
    /// more than one: two readers could believe two of them.
    static void check_form(const http::Request& request);

    /// Refuses with ApiError 421 a Host that is none of the server's. For a server that asks for no
    /// token: there, to reach it is to be its admin.
    void check_host(const http::Request& request) const;

    /// Refuses with ApiError 403 what a page of another site has sent.
    void check_origin(const http::Request& request) const;

    /// The request's origin, if it is one of those that were named; else empty.
    std::string named_origin(const http::Request& request) const;

private:
    bool is_own(const http::Request& request, const std::string& origin) const;

    std::string scheme_;
    std::vector<std::string> hosts_;
    std::string public_origin_;
    std::vector<std::string> origins_;
};

}  // namespace trommel::server
