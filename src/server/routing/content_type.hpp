// Content types: what a body says that it is.
#pragma once

#include "server/routing/call.hpp"

namespace trommel::server {

/// Throws ApiError 415 for a body that says to be something else than JSON.
///
/// What a page of any site may send without asking first is not JSON. A body without a type is
/// taken for JSON: a browser tells where it comes from. What came with a token no page has sent, so
/// there the type that `curl -d` has by default will do.
void check_is_json(const Call& call);

}  // namespace trommel::server
