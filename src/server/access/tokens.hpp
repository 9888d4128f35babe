// Tokens: who may do what.
#pragma once

#include "server/access/secret.hpp"
#include "trommel/dataset/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::server {

/// Each may do what those before it may.
enum class Role {
    none,   ///< asks without a token: health, versions, signed URLs
    read,   ///< looks
    write,  ///< makes, changes and deletes
    admin,  ///< hands out tokens
};

/// `none`, `read`, `write`, `admin`.
std::string to_string(Role role);
std::optional<Role> parse_role(std::string_view name);

/// A token as it is kept: nobody can get it back from this.
struct TokenRecord {
    std::string id{};
    std::string name{};
    Role role = Role::read;
    std::string digest{};  ///< HMAC of the token's SHA-256 under the server's secret
    Timestamp created_at{};
};

/// The tokens of a server. Until there is one, everybody is admin, which is for a server that only
/// this machine reaches.
class Tokens {
public:
    explicit Tokens(const Secret& secret) : secret_(secret) {}

    std::string digest_of(std::string_view token) const;
    /// The same from the token's SHA-256, so that a configuration file need not hold tokens.
    std::string digest_of_sha256(std::string_view sha256) const;
    void add(TokenRecord record);
    /// The last one that goes does not open the server.
    void remove(std::string_view id);
    /// In place of those without an id, which the configuration gave. Throws ConfigError, and
    /// changes nothing, where none would be left.
    void replace_given(std::vector<TokenRecord> given);
    const std::vector<TokenRecord>& all() const { return records_; }
    bool is_open() const { return is_open_; }

    /// What a caller with this token may do, none if it is unknown. Looks at every token, whichever
    /// fits, so that the time says nothing.
    Role role_of(std::string_view token) const;
    /// The token, for those who say who called; null if it is unknown.
    const TokenRecord* find(std::string_view token) const;

private:
    const Secret& secret_;
    std::vector<TokenRecord> records_;
    bool is_open_ = true;
};

}  // namespace trommel::server
