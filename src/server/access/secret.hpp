// Secret: what a server signs and hashes with.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace trommel::server {

/// 32 random bytes that are kept in a file which only its owner may read.
class Secret {
public:
    /// Reads the file, or makes it where there is none. Throws ConfigError if what appears there is
    /// no secret, or others may write it; `warn` is told if others may read it.
    static Secret load_or_make(const std::filesystem::path& file,
                               const std::function<void(const std::string&)>& warn = {});

    /// HMAC-SHA-256 (RFC 2104) of `text`, as 64 hex digits.
    std::string sign(std::string_view text) const;

    /// 32 bytes for a purpose, from which neither the secret nor another purpose's are found.
    std::string derived_key(std::string_view purpose) const;

private:
    explicit Secret(const std::string& key) : key_(key) {}

    std::string key_;
};

/// Random bytes from the system, as hex digits.
std::string random_hex(std::size_t bytes);

/// Whether two texts are the same, in a time that depends on their lengths alone.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace trommel::server
