#include "server/access/secret.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/hmac.hpp"
#include "trommel/core/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
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

bool is_secret(std::string_view text) {
    return text.size() == 2 * key_bytes &&
           text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

[[noreturn]] void fail_to_make(const std::filesystem::path& file) {
    throw Error(fmt::format(
        "{}: cannot be made: {}", file.string(), std::generic_category().message(errno)));
}

/// A draft that nobody else may read at any time takes its name when it is on the disk whole, so
/// that a crash leaves no empty secret.
void make_secret(const std::filesystem::path& file) {
    auto draft = file;
    draft += ".new";
    ::unlink(draft.c_str());
    const int made = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0) fail_to_make(file);
    ::close(made);
    GrowingFile content(draft);
    content.append(random_hex(key_bytes));
    content.sync();
    if (::rename(draft.c_str(), file.c_str()) != 0) fail_to_make(file);
    sync_folder(file.parent_path());
}

}  // namespace

std::string random_hex(std::size_t bytes) {
    std::vector<unsigned char> buffer(bytes);
    if (RAND_bytes(buffer.data(), static_cast<int>(bytes)) != 1)
        throw Error("the system has no random numbers to make a secret from");
    return to_hex(buffer.data(), bytes);
}

Secret Secret::load_or_make(const std::filesystem::path& file,
                            const std::function<void(const std::string&)>& warn) {
    if (!std::filesystem::exists(file)) make_secret(file);
    const auto read = read_secret_file(file);
    if (!is_secret(read.text))
        throw ConfigError(
            fmt::format("{}: is not a secret of {} hex digits; bring back the file of before, or "
                        "remove it to get a new one, with which tokens and datasources have to be "
                        "made again",
                        file.string(),
                        2 * key_bytes));
    if (read.warning && warn) warn(*read.warning);
    return Secret(read.text);
}

std::string Secret::sign(std::string_view text) const {
    const auto signature = hmac_sha256(key_, text);
    return to_hex(reinterpret_cast<const unsigned char*>(signature.data()), signature.size());
}

std::string Secret::derived_key(std::string_view purpose) const {
    return hmac_sha256(key_, "key for " + std::string(purpose));
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace trommel::server
