#include "server/access/tokens.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>
#include <array>

namespace trommel::server {

namespace {

constexpr std::array<std::string_view, 4> names{"none", "read", "write", "admin"};

}  // namespace

std::string to_string(Role role) { return std::string(names[static_cast<std::size_t>(role)]); }

std::optional<Role> parse_role(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<Role>(i);
    return std::nullopt;
}

std::string Tokens::digest_of(std::string_view token) const {
    return digest_of_sha256(sha256(token));
}

std::string Tokens::digest_of_sha256(std::string_view sha256) const {
    return secret_.sign("token " + std::string(sha256));
}

void Tokens::add(TokenRecord record) {
    records_.push_back(std::move(record));
    is_open_ = false;
}

void Tokens::remove(std::string_view id) {
    std::erase_if(records_, [&](const TokenRecord& record) { return record.id == id; });
}

void Tokens::replace_given(std::vector<TokenRecord> given) {
    const auto is_given = [](const TokenRecord& record) { return record.id.empty(); };
    if (!is_open_ && given.empty() && std::ranges::all_of(records_, is_given))
        throw ConfigError("no token would be left, and nobody could be let in; give at least one");
    std::erase_if(records_, is_given);
    for (auto& record : given) add(std::move(record));
}

const TokenRecord* Tokens::find(std::string_view token) const {
    if (is_open_) return nullptr;
    const auto digest = digest_of(token);
    const TokenRecord* found = nullptr;
    for (const auto& record : records_)
        if (same_secret(record.digest, digest)) found = &record;
    return found;
}

Role Tokens::role_of(std::string_view token) const {
    if (is_open_) return Role::admin;
    const auto* record = find(token);
    return record == nullptr ? Role::none : record->role;
}

}  // namespace trommel::server
