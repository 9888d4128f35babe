// A request's body as the record that its table says.
#pragma once

#include "server/wire/api_error.hpp"
#include "trommel/platform/wire/record.hpp"

#include <boost/json/value.hpp>

namespace trommel::server {

/// Of a body that fits its schema. Throws ApiError 422 for what no schema says.
template <wire::HasFields Record>
Record body_as(const boost::json::value& json) {
    try {
        return wire::from_json<Record>(json.as_object());
    } catch (const DataError& error) {
        throw ApiError(422, "MALFORMED_REQUEST", error.what());
    }
}

}  // namespace trommel::server
