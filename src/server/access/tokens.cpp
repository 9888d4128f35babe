#include "server/access/tokens.hpp"

#include "trommel/core/digest.hpp"

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

Role Tokens::role_of(std::string_view token) const {
    if (is_open_) return Role::admin;
    const auto digest = digest_of(token);
    Role role = Role::none;
    for (const auto& record : records_)
        if (same_secret(record.digest, digest)) role = record.role;
    return role;
}

}  // namespace trommel::server
