// What a query has to look like, from the route's own declaration.
#pragma once

#include "server/routing/route.hpp"
#include "server/routing/target.hpp"

namespace trommel::server {

/// Throws ApiError 400 for a parameter that the route knows and that appears twice, 422 for one
/// that is longer than a name, or no whole number where one is declared, and 403 for anything
/// beside what is signed. What the route does not know is passed over, as clients of any version
/// may send it.
void check_query(const Route& route, const Target& target);

}  // namespace trommel::server
