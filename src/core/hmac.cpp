#include "trommel/core/hmac.hpp"

#include "trommel/core/error.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace trommel {

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
    unsigned size = 0;
    const auto* content = reinterpret_cast<const unsigned char*>(text.data());
    if (HMAC(EVP_sha256(),
             key.data(),
             static_cast<int>(key.size()),
             content,
             text.size(),
             bytes.data(),
             &size) == nullptr)
        throw Error("HMAC-SHA-256 is unavailable from the OpenSSL library");
    return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace trommel
