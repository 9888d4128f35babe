// TLS contexts: which versions and certificates a side of a connection uses.
#pragma once

#include "trommel/http/server.hpp"

#include <asio/ssl/context.hpp>

#include <string>

namespace trommel::http {

/// TLS 1.2 and 1.3, by Mozilla's intermediate profile. Throws Error, with the file's name, if the
/// files cannot be used.
asio::ssl::context server_context(const TlsFiles& files);

/// The same versions and suites. Trusts the PEM file of certificates, or the system's if it is
/// empty. Throws Error.
asio::ssl::context client_context(const std::string& ca_file);

}  // namespace trommel::http
