// Route: one call of the API, for dispatch and for the API's description alike.
#pragma once

#include "server/access/caller.hpp"
#include "server/routing/call.hpp"
#include "server/wire/schema.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trommel::server {

/// What a refusal of the platform is called on the wire, where the call itself does not say.
struct Codes {
    const char* not_found = "NOT_FOUND";
    const char* exists = "BAD_REQUEST";
    const char* invalid = "MALFORMED_REQUEST";
};

/// A parameter of the query; all are optional unless said.
struct QueryParameter {
    std::string name{};
    schema::Schema schema{};
    bool is_required = false;
};

/// What a call is answered with if all is well.
struct Reply {
    unsigned status = 200;
    std::optional<schema::Schema> schema{};  ///< of a JSON body; none where there is no JSON
    std::string media{};                     ///< of another body; none where there is no body
};

struct Route {
    std::string method{};
    std::string path{};  ///< `/v1/datasets/{datasetId}`: what is in braces matches any segment
    std::string id{};    ///< the operationId: camelCase, unique
    std::string summary{};
    Role role = Role::read;  ///< the least that may call it
    bool is_signed = false;  ///< opened by a signed URL; the role is none
    std::vector<QueryParameter> query{};
    std::optional<schema::Schema> request{};  ///< of a JSON body that is read and checked before
    bool streams_json = false;                ///< the route reads a JSON body itself
    Reply reply{};
    Codes codes{};
    asio::awaitable<http::Response> (*answer)(Call& call) = nullptr;
};

/// Whether its calls change something. A GET that only writers may call announces what they send.
bool changes(const Route& route);

using Routes = std::vector<Route>;

}  // namespace trommel::server
