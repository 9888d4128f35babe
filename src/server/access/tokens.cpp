#include "server/access/tokens.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace trommel::server {

namespace {

constexpr std::array<std::string_view, 4> role_names{"none", "read", "write", "admin"};
constexpr std::size_t id_digits = 24;

}  // namespace

std::string to_string(Role role) { return std::string(role_names[static_cast<std::size_t>(role)]); }

std::optional<Role> parse_role(std::string_view name) {
    for (std::size_t i = 0; i < role_names.size(); ++i)
        if (role_names[i] == name) return static_cast<Role>(i);
    return std::nullopt;
}

std::string Tokens::digest_of(const Credential& token) const {
    return digest_of_sha256(sha256(token.text()));
}

std::string Tokens::digest_of_sha256(std::string_view sha256) const {
    return secret_.sign("token " + std::string(sha256));
}

void Tokens::add(TokenRecord record) {
    for (const auto& other : records_)
        if (same_secret(other.digest, record.digest))
            throw ConfigError(
                fmt::format("the tokens '{}' and '{}' are the same; give each caller "
                            "one of its own",
                            other.name,
                            record.name));
    if (record.is_given) record.id = record.digest.substr(0, id_digits);
    records_.push_back(std::move(record));
    is_open_ = false;
}

void Tokens::remove(std::string_view id) {
    std::erase_if(records_, [&](const TokenRecord& record) { return record.id == id; });
}

void Tokens::replace_given(std::vector<TokenRecord> given) {
    const auto was_given = [](const TokenRecord& record) { return record.is_given; };
    if (!is_open_ && given.empty() && std::ranges::all_of(records_, was_given))
        throw ConfigError("no token would be left, and nobody could be let in; give at least one");
    Tokens next(secret_);
    for (auto& record : given) next.add(std::move(record));
    for (const auto& record : records_)
        if (!record.is_given) next.add(record);
    records_ = std::move(next.records_);
    is_open_ = records_.empty() && is_open_;
}

const TokenRecord* Tokens::find(const std::optional<Credential>& presented) const {
    if (!presented) return nullptr;
    const auto digest = digest_of(*presented);
    const TokenRecord* found = nullptr;
    for (const auto& record : records_)
        if (same_secret(record.digest, digest)) found = &record;
    return found;
}

const TokenRecord* Tokens::with_id(std::string_view id) const {
    const auto found = std::find_if(
        records_.begin(), records_.end(), [&](const auto& record) { return record.id == id; });
    return found == records_.end() ? nullptr : &*found;
}

bool Tokens::has_lasting_admin_beside(std::string_view id) const {
    return std::any_of(records_.begin(), records_.end(), [&](const auto& record) {
        return record.id != id && record.role == Role::admin && !record.expires_at;
    });
}

}  // namespace trommel::server
