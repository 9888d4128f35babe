// A client, a server and an embedded platform behind it, all on the test's loop, over loopback.
#pragma once

#include "platform/contract.hpp"
#include "support/certificates.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/http/server.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/platform/lightly.hpp"
#include "trommel/server/server.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/co_spawn.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace trommel::test {

/// Knows of a server what Lightly has too.
class AsLightly final : public http::Handler {
public:
    explicit AsLightly(http::Handler& server) : server_(server) {}

    asio::awaitable<http::Response> answer(http::Request request) override {
        if (request.target.starts_with("/v1/trommel/") &&
            !request.target.starts_with("/v1/trommel/embeddings/")) {  // a signed URL
            http::Response unknown;
            unknown.status = 404;
            unknown.body = http::Body(R"({"code":"NOT_FOUND","error":"no such path"})");
            co_return unknown;
        }
        http::Response response = co_await server_.answer(std::move(request));
        co_return response;
    }

private:
    http::Handler& server_;
};

/// A server's sockets on the test's loop.
class Listening {
public:
    Listening(asio::io_context& loop, http::Handler& handler, http::ServerOptions options = {})
        : loop_(loop), http_(loop.get_executor(), std::move(options), handler) {
        asio::co_spawn(loop_, http_.run(), [this](const std::exception_ptr&) { ended_ = true; });
    }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() {
        http_.drain();
        loop_.restart();
        while (!ended_) loop_.run_one();
    }

    std::string port() const { return std::to_string(http_.port()); }

private:
    asio::io_context& loop_;
    http::Server http_;
    bool ended_ = false;
};

class WireBench : public PlatformBench {
public:
    explicit WireBench(std::optional<http::TlsFiles> tls = {},
                       std::string ca_file = {},
                       bool as_lightly = false,
                       const std::string& token = {}) {
        std::filesystem::create_directories(folder_ / "server");
        const auto database = folder_ / "platform.db";
        embedded_ = std::make_unique<EmbeddedPlatform>(
            loop_.get_executor(), store::open_sqlite(database), cpu_);
        server::ServerOptions options;
        options.folder = folder_ / "server";
        options.scheme = tls ? "https" : "http";
        if (!token.empty()) options.tokens.push_back({.name = "one", .sha256 = sha256(token)});
        server_ = std::make_unique<server::Server>(
            *embedded_, store::open_served_sqlite(database), std::move(options));
        lightly_ = std::make_unique<AsLightly>(*server_);
        http::ServerOptions sockets;
        sockets.tls = std::move(tls);
        http::Handler& handler = as_lightly ? static_cast<http::Handler&>(*lightly_) : *server_;
        http_ = std::make_unique<Listening>(loop_, handler, std::move(sockets));
        LightlyOptions client;
        client.url =
            (ca_file.empty() ? "http" : "https") + std::string("://localhost:") + http_->port();
        client.token = token;
        client.http.ca_file = std::move(ca_file);
        client_ = std::make_unique<LightlyPlatform>(loop_.get_executor(), client, clock_);
    }
    WireBench(const WireBench&) = delete;
    WireBench& operator=(const WireBench&) = delete;
    ~WireBench() override {
        client_.reset();
        http_.reset();
        wait(embedded_->close());
    }

    Platform& platform() override { return *client_; }
    EmbeddedPlatform& embedded() { return *embedded_; }

protected:
    TempDir folder_;
    SystemClock clock_;

private:
    CpuPool cpu_{1};
    std::unique_ptr<EmbeddedPlatform> embedded_;
    std::unique_ptr<server::Server> server_;
    std::unique_ptr<AsLightly> lightly_;
    std::unique_ptr<Listening> http_;
    std::unique_ptr<LightlyPlatform> client_;
};

struct Plain final : WireBench {};

/// Outlives the bench that is built of it.
struct Files {
    Certificates certificates{};
};

struct Tls final : Files, WireBench {
    Tls() : WireBench(certificates.server_options().tls, certificates.file("ca.pem")) {}
};

/// A client of a server of a client of a server, each with a token of its own.
class Relayed final : public WireBench {
public:
    explicit Relayed(bool as_lightly = false)
        : WireBench({}, {}, as_lightly, "the-token-of-upstream") {
        std::filesystem::create_directories(folder_ / "relay");
        server::ServerOptions options;
        options.folder = folder_ / "relay";
        options.tokens.push_back({.name = "own", .sha256 = sha256("the-token-of-the-relay")});
        server_ = std::make_unique<server::Server>(
            WireBench::platform(), store::open_separate_sqlite(database()), std::move(options));
        http_ = std::make_unique<Listening>(loop_, *server_);
        LightlyOptions client;
        client.url = "http://localhost:" + http_->port();
        client.token = "the-token-of-the-relay";
        client_ = std::make_unique<LightlyPlatform>(loop_.get_executor(), client, clock_);
    }
    ~Relayed() override {
        client_.reset();
        http_.reset();
    }

    Platform& platform() override { return *client_; }
    Platform& upstream() { return WireBench::platform(); }
    /// That of the relay.
    std::filesystem::path database() const { return folder_ / "relay/server.db"; }
    server::Server& server() { return *server_; }

private:
    std::unique_ptr<server::Server> server_;
    std::unique_ptr<Listening> http_;
    std::unique_ptr<LightlyPlatform> client_;
};

}  // namespace trommel::test
