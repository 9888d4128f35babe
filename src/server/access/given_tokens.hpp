// Given tokens: those of the configuration.
#pragma once

#include "server/access/tokens.hpp"
#include "trommel/server/options/server_options.hpp"

#include <vector>

namespace trommel::server {

/// Throws ConfigError for a role that there is not, and for a token that is empty or blank.
std::vector<TokenRecord> given_records(const Tokens& tokens, const std::vector<GivenToken>& given);

}  // namespace trommel::server
