#include "server/access/given_tokens.hpp"

#include "server/wire/now.hpp"
#include "trommel/core/credential.hpp"

#include <fmt/format.h>

namespace trommel::server {

namespace {

TokenRecord record_of(const Tokens& tokens, const GivenToken& given) {
    const auto role = parse_role(given.role);
    if (!role || role == Role::none)
        throw ConfigError(fmt::format(
            "token '{}' has the role '{}'; give it read, write or admin", given.name, given.role));
    if (is_digest_of_nothing(given.sha256))
        throw ConfigError(fmt::format(
            "token '{}' is empty: its SHA-256 is that of no text or of blanks; look for its text",
            given.name));
    return {.id = {},
            .name = given.name,
            .role = *role,
            .team = given.team,
            .digest = tokens.digest_of_sha256(given.sha256),
            .created_at = now(),
            .expires_at = given.expires_at,
            .is_given = true};
}

}  // namespace

std::vector<TokenRecord> given_records(const Tokens& tokens, const std::vector<GivenToken>& given) {
    std::vector<TokenRecord> records;
    for (const auto& each : given) records.push_back(record_of(tokens, each));
    return records;
}

}  // namespace trommel::server
