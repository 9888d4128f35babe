// Certificates for tests of TLS, made by the openssl program.
#pragma once

#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/http/server.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace trommel::test {

/// An authority of its own and a server's certificate that it signed, for `localhost` and
/// 127.0.0.1.
class Certificates {
public:
    /// `key` is what openssl is to make as the server's.
    explicit Certificates(const std::string& key = "ec -pkeyopt ec_paramgen_curve:P-256") {
        const auto made = shell(
            "set -e; cd " + folder_.path().string() +
            "; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key "
            "-out ca.pem -days 2 -subj /CN=ca"
            "; openssl req -newkey " +
            key +
            " -nodes -keyout key.pem "
            "-out request.pem -subj /CN=server"
            "; printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' > names"
            "; openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial "
            "-days 2 -extfile names -out cert.pem");
        INFO(made.output);
        REQUIRE(made.code == 0);
    }

    http::ServerOptions server_options() const {
        http::ServerOptions options;
        options.tls = http::TlsFiles{file("cert.pem"), file("key.pem")};
        return options;
    }
    std::string file(const std::string& name) const { return (folder_ / name).string(); }

private:
    TempDir folder_;
};

}  // namespace trommel::test
