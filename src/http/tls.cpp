#include "http/tls.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

namespace trommel::http {
namespace {

using asio::ssl::context;

constexpr auto options = context::default_workarounds | context::no_sslv2 | context::no_sslv3 |
                         context::no_tlsv1 | context::no_tlsv1_1 | context::no_compression;

void require(const std::error_code& error, const char* what, const std::string& file) {
    if (error)
        throw Error(fmt::format("{}: cannot be used as {}: {}", file, what, error.message()));
}

}  // namespace

context server_context(const TlsFiles& files) {
    context tls(context::tls_server);
    tls.set_options(options);
    std::error_code error;
    tls.use_certificate_chain_file(files.certificate, error);
    require(error, "a certificate (PEM)", files.certificate);
    tls.use_private_key_file(files.key, context::pem, error);
    require(error, "the certificate's key (PEM)", files.key);
    return tls;
}

context client_context(const std::string& ca_file) {
    context tls(context::tls_client);
    tls.set_options(options);
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
