#include "http/tls.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

namespace trommel::http {
namespace {

using asio::ssl::context;

// Mozilla's "intermediate" profile, version 5.7
// (https://ssl-config.mozilla.org/guidelines/5.7.json): forward secrecy and authenticated
// encryption alone. Which of these, the client may choose.
constexpr const char* suites_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305";
constexpr const char* suites_1_3 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* groups = "X25519:P-256:P-384";

void require(const std::error_code& error, const char* what, const std::string& file) {
    if (error)
        throw Error(fmt::format("{}: cannot be used as {}: {}", file, what, error.message()));
}

void apply_profile(context& tls) {
    SSL_CTX* const handle = tls.native_handle();
    tls.set_options(context::default_workarounds | context::no_compression);
    SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION);
    // Of idle connections OpenSSL keeps no buffers then: 34 KiB each.
    SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(handle, suites_1_2) != 1 ||
        SSL_CTX_set_ciphersuites(handle, suites_1_3) != 1)
        throw Error("OpenSSL on this machine lacks TLS 1.2 or 1.3, or the suites used here");
}

/// Nothing is resumed. A ticket's key would have to be changed each day, or it opens what was
/// recorded before; and clients keep their connections.
void forget_sessions(SSL_CTX* handle) {
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(handle, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(handle, 0);
}

}  // namespace

context server_context(const TlsFiles& files) {
    context tls(context::tls_server);
    apply_profile(tls);
    SSL_CTX* const handle = tls.native_handle();
    forget_sessions(handle);
    SSL_CTX_set1_groups_list(handle, groups);
    SSL_CTX_set_dh_auto(handle, 1);  // the groups of RFC 7919, 2048 bits and more
    // A server cannot be asked for the password of a key.
    tls.set_password_callback([](std::size_t, context::password_purpose) { return std::string(); });
    std::error_code error;
    tls.use_certificate_chain_file(files.certificate, error);
    require(error, "a certificate (PEM)", files.certificate);
    tls.use_private_key_file(files.key, context::pem, error);
    require(error, "the certificate's key (PEM, without a password)", files.key);
    return tls;
}

context client_context(const std::string& ca_file) {
    context tls(context::tls_client);
    apply_profile(tls);
    tls.set_verify_mode(asio::ssl::verify_peer);
    std::error_code error;
    if (ca_file.empty())
        tls.set_default_verify_paths(error);
    else
        tls.load_verify_file(ca_file, error);
    require(error, "trusted certificates (PEM)", ca_file.empty() ? "the system's" : ca_file);
    return tls;
}

}  // namespace trommel::http
