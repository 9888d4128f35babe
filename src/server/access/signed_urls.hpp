// Signed URLs: leave to put or get one thing for a while, without a token.
#pragma once

#include "server/access/caller.hpp"
#include "server/access/secret.hpp"
#include "server/access/tokens.hpp"
#include "trommel/server/options/server_options.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace trommel::server {

/// The parts of a signed URL, as a request brings them.
struct SignedParts {
    std::string expires{};    ///< the last second, since 1970
    std::string token{};      ///< the id of the token by which it was made; `open` without any
    std::string signature{};  ///< of all this, the method and the path
};

/// A URL lives as long as the token by which it was made, and no longer than that may be used.
class SignedUrls {
public:
    SignedUrls(const Secret& secret, const Tokens& tokens, std::chrono::seconds lifetime)
        : secret_(secret), tokens_(tokens), lifetime_(lifetime) {}

    /// `path?expires=…&by=…&signature=…`, good for this method and path until then.
    std::string sign(std::string_view method,
                     std::string_view path,
                     const Caller& caller,
                     Timestamp now) const {
        return sign(method, path, caller, now, lifetime_);
    }
    /// For `lifetime`, but no longer than the server lets URLs live.
    std::string sign(std::string_view method,
                     std::string_view path,
                     const Caller& caller,
                     Timestamp now,
                     std::chrono::seconds lifetime) const;

    /// Who made the URL. Throws ApiError 403 if the signature is not that of this call, or is too
    /// old, or its token is gone, has expired or may not do this any more.
    Caller check(std::string_view method,
                 std::string_view path,
                 const SignedParts& parts,
                 Timestamp now) const;

    std::chrono::seconds lifetime() const { return lifetime_; }

private:
    std::string signature(std::string_view method,
                          std::string_view path,
                          std::string_view expires,
                          std::string_view token) const;
    Caller caller_of(std::string_view token, Timestamp now) const;

    const Secret& secret_;
    const Tokens& tokens_;
    std::chrono::seconds lifetime_;
};

/// The caller who has this token.
Caller caller_of(const TokenRecord& record);
/// Who calls a server without tokens.
Caller everybody();

}  // namespace trommel::server
