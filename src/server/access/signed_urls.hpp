// Signed URLs: leave to put or get one thing for a while, without a token.
#pragma once

#include "server/access/secret.hpp"
#include "trommel/dataset/records.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace trommel::server {

class SignedUrls {
public:
    SignedUrls(const Secret& secret, std::chrono::seconds lifetime)
        : secret_(secret), lifetime_(lifetime) {}

    /// `path?expires=…&signature=…`, good for this method and path until then.
    std::string sign(std::string_view method, std::string_view path, Timestamp now) const {
        return sign(method, path, now, lifetime_);
    }
    std::string sign(std::string_view method,
                     std::string_view path,
                     Timestamp now,
                     std::chrono::seconds lifetime) const;

    /// Throws ApiError 403 if the signature is not that of this call, or is too old.
    void check(std::string_view method,
               std::string_view path,
               std::string_view expires,
               std::string_view signature,
               Timestamp now) const;

private:
    std::string signature(std::string_view method,
                          std::string_view path,
                          std::string_view expires) const;

    const Secret& secret_;
    std::chrono::seconds lifetime_;
};

}  // namespace trommel::server
