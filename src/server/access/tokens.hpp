// Tokens: who may do what.
#pragma once

#include "server/access/caller.hpp"
#include "server/access/secret.hpp"
#include "trommel/core/credential.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::server {

/// A token as it is kept: nobody can get it back from this.
struct TokenRecord {
    std::string id{};
    std::string name{};
    Role role = Role::read;
    std::string team{};    ///< empty: of none
    std::string digest{};  ///< HMAC of the token's SHA-256 under the server's secret
    Timestamp created_at{};
    std::optional<Timestamp> expires_at{};
    bool is_given = false;  ///< by the configuration: no call lists or deletes it
};

/// The tokens of a server. Until there is one, everybody is admin, which is for a server that only
/// this machine reaches.
class Tokens {
public:
    explicit Tokens(const Secret& secret) : secret_(secret) {}

    std::string digest_of(const Credential& token) const;
    /// The same from the token's SHA-256, so that a configuration file need not hold tokens.
    std::string digest_of_sha256(std::string_view sha256) const;

    /// A given token gets an id from its digest. Throws ConfigError if another one is the same.
    void add(TokenRecord record);
    /// The last one that goes does not open the server.
    void remove(std::string_view id);
    /// In place of those that were given before: the configuration has been read again. Throws as
    /// add() does, or where no token would be left, and then changes nothing.
    void replace_given(std::vector<TokenRecord> given);

    const std::vector<TokenRecord>& all() const { return records_; }
    bool is_open() const { return is_open_; }

    /// The token that was presented, or null: for one that is unknown, and for none. Uses every
    /// token, whichever fits, so that the time says nothing.
    const TokenRecord* find(const std::optional<Credential>& presented) const;
    const TokenRecord* with_id(std::string_view id) const;

    /// Whether there is an admin that does not expire beside the token of this id. Without one the
    /// owner would be locked out, now or later.
    bool has_lasting_admin_beside(std::string_view id) const;

private:
    const Secret& secret_;
    std::vector<TokenRecord> records_;
    bool is_open_ = true;
};

}  // namespace trommel::server
