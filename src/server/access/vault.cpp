#include "server/access/vault.hpp"

#include "server/wire/api_error.hpp"
#include "trommel/core/base64.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <optional>

namespace trommel::server {

namespace {

constexpr std::string_view sealed_mark = "sealed1:";  // no JSON begins so
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

void must(bool done) {
    if (!done) throw Error("OpenSSL does not encrypt what is to be kept");
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// A cipher that has the key, the nonce and the place; `direction` as OpenSSL has it.
Cipher begun(std::string_view key, std::string_view nonce, std::string_view place, int direction) {
    Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    int ignored = 0;
    must(cipher &&
         EVP_CipherInit_ex(
             cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(nonce), direction) ==
             1);
    must(EVP_CipherUpdate(
             cipher.get(), nullptr, &ignored, bytes_of(place), static_cast<int>(place.size())) ==
         1);
    return cipher;
}

std::string transformed(EVP_CIPHER_CTX* cipher, std::string_view text) {
    std::string out(text.size(), '\0');
    int written = 0;
    must(EVP_CipherUpdate(
             cipher, bytes_of(out), &written, bytes_of(text), static_cast<int>(text.size())) == 1);
    return out;
}

/// Nothing if the key or the place is another one, or a byte.
std::optional<std::string> opened(std::string_view key,
                                  std::string_view sealed,
                                  std::string_view place) {
    if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
    const auto cipher = begun(key, sealed.substr(0, nonce_bytes), place, 0);
    std::string tag(sealed.substr(sealed.size() - tag_bytes));
    auto text = transformed(cipher.get(),
                            sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes));
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1);
    std::string rest(tag_bytes, '\0');
    int ignored = 0;
    if (EVP_CipherFinal_ex(cipher.get(), bytes_of(rest), &ignored) != 1) return std::nullopt;
    return text;
}

}  // namespace

bool Vault::is_sealed(std::string_view text) { return text.starts_with(sealed_mark); }

std::string Vault::seal(std::string_view text, std::string_view place) const {
    std::string nonce(nonce_bytes, '\0');
    must(RAND_bytes(bytes_of(nonce), nonce_bytes) == 1);
    const auto cipher = begun(key_, nonce, place, 1);
    auto sealed = nonce + transformed(cipher.get(), text);
    std::string tag(tag_bytes, '\0');
    int ignored = 0;
    must(EVP_CipherFinal_ex(cipher.get(), bytes_of(tag), &ignored) == 1);
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, tag.data()) == 1);
    return std::string(sealed_mark) + to_base64(sealed + tag);
}

std::string Vault::open(std::string_view sealed, std::string_view place) const {
    if (!is_sealed(sealed)) return std::string(sealed);
    const auto bytes = from_base64(sealed.substr(sealed_mark.size()));
    auto text = bytes ? opened(key_, *bytes, place) : std::nullopt;
    if (text) return *std::move(text);
    throw ApiError(409,
                   "BAD_REQUEST",
                   "what is kept here was encrypted with another secret than the server has now; "
                   "bring back the file 'secret' of that time, or send it anew");
}

}  // namespace trommel::server
