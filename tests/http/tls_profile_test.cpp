// Which TLS a server speaks, and with which certificate, asked by the openssl program.
#include "http/live_server.hpp"
#include "support/certificates.hpp"
#include "support/shell.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <set>
#include <sstream>

namespace trommel::test {
namespace {

using Names = std::set<std::string>;

const std::string ecdsa_suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305";
const std::string rsa_suites =
    "ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-CHACHA20-POLY1305 "
    "DHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES256-GCM-SHA384 DHE-RSA-CHACHA20-POLY1305";

Names words(const std::string& text) {
    std::istringstream in(text);
    Names found;
    for (std::string word; in >> word;) found.insert(word);
    return found;
}

std::string s_client(const LiveServer& server) {
    return "timeout 5 openssl s_client -connect 127.0.0.1:" + std::to_string(server.port());
}

/// Of the words that a shell command prints, those with which as `$w` hands are shaken.
Names accepted(const LiveServer& server, const std::string& list, const std::string& with) {
    const auto tried = shell("for w in $(" + list + "); do " + s_client(server) + " " + with +
                             " < /dev/null 2>/dev/null | grep -q '^New, TLS' && echo $w; done");
    return words(tried.output);
}

/// All that OpenSSL knows of TLS 1.2 and before.
const std::string every_suite =
    "openssl ciphers 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' | tr ':' ' ' | sed 's/TLS_[A-Z0-9_]*//g'";

}  // namespace

TEST_CASE("TLS 1.2 is spoken with the suites of the intermediate profile alone", "[http]") {
    const std::string with = "-tls1_2 -cipher $w:@SECLEVEL=0";
    const Certificates ecdsa;
    LiveServer first(ecdsa.server_options());
    CHECK(accepted(first, every_suite, with) == words(ecdsa_suites));
    const Certificates rsa("rsa:2048");
    LiveServer second(rsa.server_options());
    CHECK(accepted(second, every_suite, with) == words(rsa_suites));
}

TEST_CASE("TLS 1.3 is spoken with its three suites, and the three groups", "[http]") {
    const Certificates certificates;
    LiveServer server(certificates.server_options());
    const std::string suites =
        "TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256";
    CHECK(accepted(server,
                   "echo " + suites + " TLS_AES_128_CCM_SHA256 TLS_AES_128_CCM_8_SHA256",
                   "-tls1_3 -ciphersuites $w") == words(suites));
    const std::string groups = "echo X25519 P-256 P-384 P-521 X448 ffdhe2048 secp256k1";
    CHECK(accepted(server, groups, "-tls1_3 -groups $w") == words("X25519 P-256 P-384"));
    const Certificates rsa("rsa:2048");  // whose certificate needs none of these groups itself
    LiveServer other(rsa.server_options());
    CHECK(accepted(other, groups, "-tls1_2 -cipher ECDHE -groups $w") ==
          words("X25519 P-256 P-384"));
    CHECK(accepted(server,
                   "echo -ssl3 -tls1 -tls1_1 -tls1_2 -tls1_3",
                   "$w -cipher ALL:@SECLEVEL=0") == words("-tls1_2 -tls1_3"));
}

TEST_CASE("the client chooses among the suites of TLS 1.2", "[http]") {
    const Certificates certificates;
    LiveServer server(certificates.server_options());
    for (const auto& first : words(ecdsa_suites)) {
        const auto order = first + ":ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
        CHECK(shell(s_client(server) + " -tls1_2 -cipher " + order + " 2>/dev/null")
                  .output.find("Cipher is " + first) != std::string::npos);
    }
}

TEST_CASE("a connection is neither renegotiated nor resumed nor compressed", "[http]") {
    const Certificates certificates;
    LiveServer server(certificates.server_options());
    const auto again =
        shell("(sleep 0.3; echo R; sleep 0.5) | " + s_client(server) + " -tls1_2; echo code $?");
    CHECK(again.output.find("no renegotiation") != std::string::npos);
    CHECK(again.output.find("Compression: NONE") != std::string::npos);
    for (const std::string version : {"-tls1_2", "-tls1_3"}) {
        const auto reconnected = shell(s_client(server) + " " + version + " -reconnect");
        CHECK(reconnected.output.find("New, TLS") != std::string::npos);
        CHECK(reconnected.output.find("Reused, TLS") == std::string::npos);
        CHECK(reconnected.output.find("session ticket") == std::string::npos);
    }
}

TEST_CASE("a certificate is swapped while the server runs, and kept if the new one is bad",
          "[http]") {
    const Certificates first;
    const Certificates second("ec -pkeyopt ec_paramgen_curve:P-384");
    LiveServer server(first.server_options());
    const auto swap = [&](const std::string& certificate, const std::string& key) {
        const auto over = std::filesystem::copy_options::overwrite_existing;
        std::filesystem::copy_file(certificate, first.file("cert.pem"), over);
        std::filesystem::copy_file(key, first.file("key.pem"), over);
        return server.reload_tls();
    };
    const auto key_size = [&] {
        return shell(s_client(server) + " 2>/dev/null | grep 'Server public key is'").output;
    };
    CHECK(key_size() == "Server public key is 256 bit\n");
    CHECK_THAT(swap(second.file("ca.pem"), second.file("key.pem")),
               Catch::Contains("key.pem: cannot be used as the certificate's key"));
    CHECK_THAT(swap(second.file("names"), second.file("key.pem")),
               Catch::Contains("cert.pem: cannot be used as a certificate"));
    CHECK(key_size() == "Server public key is 256 bit\n");
    CHECK(swap(second.file("cert.pem"), second.file("key.pem")).empty());
    CHECK(key_size() == "Server public key is 384 bit\n");
}

TEST_CASE("a connection goes on with the certificate that it began with", "[http]") {
    const Certificates certificates;
    LiveServer server(certificates.server_options());
    const auto request = "printf 'GET /echo HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'; sleep 0.4; ";
    std::string reloaded = "not yet";
    std::thread reload([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        reloaded = server.reload_tls();
    });
    const auto asked = shell(std::string("(") + request + request + ") | " + s_client(server) +
                             " -quiet 2>/dev/null");
    reload.join();
    CHECK(reloaded.empty());
    const auto first = asked.output.find("GET /echo");
    CHECK(first != std::string::npos);
    CHECK(asked.output.find("GET /echo", first + 1) != std::string::npos);
}

TEST_CASE("a key with a password is refused rather than asked for", "[http]") {
    const Certificates certificates;
    const auto made =
        shell("openssl ec -aes128 -passout pass:abcdef -in " + certificates.file("key.pem") +
              " -out " + certificates.file("locked.pem"));
    REQUIRE(made.code == 0);
    auto options = certificates.server_options();
    options.tls->key = certificates.file("locked.pem");
    CHECK_THROWS_WITH(LiveServer(std::move(options)), Catch::Contains("without a password"));
}

}  // namespace trommel::test
