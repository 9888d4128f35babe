// Caller: who calls.
#pragma once

#include "trommel/dataset/records.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trommel::server {

/// Each may do what those before it may.
enum class Role {
    none,   ///< asks without a token: health, versions, signed URLs
    read,   ///< looks
    write,  ///< makes, changes and deletes
    admin,  ///< hands out tokens, and sees the datasets of all teams
};

/// `none`, `read`, `write`, `admin`.
std::string to_string(Role role);
std::optional<Role> parse_role(std::string_view name);

struct Caller {
    Role role = Role::none;
    std::string token{};  ///< its id; empty: nobody is known, or everybody of an open server
    std::string name{};   ///< of the token
    std::string team{};   ///< empty: of none
    std::optional<Timestamp> expires_at{};
};

}  // namespace trommel::server
