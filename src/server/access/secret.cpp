#include "server/access/secret.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/hmac.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <vector>

namespace trommel::server {

namespace {

constexpr std::size_t key_bytes = 32;

std::string to_hex(const unsigned char* bytes, std::size_t count) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 0xf];
    }
    return text;
}

void keep_to_owner(const std::filesystem::path& file) {
    using std::filesystem::perms;
    std::filesystem::permissions(file, perms::owner_read | perms::owner_write);
}

}  // namespace

std::string random_hex(std::size_t bytes) {
    std::vector<unsigned char> buffer(bytes);
    if (RAND_bytes(buffer.data(), static_cast<int>(bytes)) != 1)
        throw Error("the system has no random numbers to make a secret from");
    return to_hex(buffer.data(), bytes);
}

Secret Secret::load_or_make(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file) || std::filesystem::is_empty(file)) {
        // Made empty first, so that nobody else can read it at any time.
        replace_file(file, "");
        keep_to_owner(file);
        GrowingFile made(file);
        made.append(random_hex(key_bytes));
        made.sync();
    }
    const auto key = read_file(file);
    if (key.size() != 2 * key_bytes)
        throw Error(
            fmt::format("{}: is not a secret of {} hex digits; remove it to get a new one, "
                        "with which tokens have to be made again",
                        file.string(),
                        2 * key_bytes));
    return Secret(key);
}

std::string Secret::sign(std::string_view text) const {
    const auto signature = hmac_sha256(key_, text);
    return to_hex(reinterpret_cast<const unsigned char*>(signature.data()), signature.size());
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace trommel::server
