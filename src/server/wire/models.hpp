// Models: the named schemas of the API.
#pragma once

#include "server/wire/schema.hpp"

#include <map>
#include <string>
#include <string_view>

namespace trommel::server {

/// All of them, by name.
const std::map<std::string, schema::Schema, std::less<>>& models();

/// The one of this name, or of a reference to it; there has to be one.
const schema::Schema& model(std::string_view name_or_reference);

}  // namespace trommel::server
