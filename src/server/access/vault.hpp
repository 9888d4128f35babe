// Vault: what is kept encrypted at rest.
#pragma once

#include "server/access/secret.hpp"

#include <string>
#include <string_view>

namespace trommel::server {

/// AES-256-GCM (NIST SP 800-38D) under a key that is derived from the server's secret.
class Vault {
public:
    explicit Vault(const Secret& secret) : key_(secret.derived_key("documents at rest, 1")) {}

    /// `place` is where the text is kept: there alone it can be opened again.
    std::string seal(std::string_view text, std::string_view place) const;

    /// What was sealed at this place. Throws ApiError 409, with the way out, if it was sealed under
    /// another secret or elsewhere, or is damaged. What is not sealed, as of before there was this,
    /// comes back as it is.
    std::string open(std::string_view sealed, std::string_view place) const;

    static bool is_sealed(std::string_view text);

private:
    std::string key_;
};

}  // namespace trommel::server
