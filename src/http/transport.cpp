#include "http/transport.hpp"

#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/ssl/host_name_verification.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace trommel::http {
namespace {

class Plain final : public Transport {
public:
    using Transport::Transport;

    asio::awaitable<std::error_code> open() override { co_return std::error_code{}; }
    asio::awaitable<Outcome> read(asio::mutable_buffer buffer) override {
        return socket_.async_read_some(buffer, as_tuple);
    }
    asio::awaitable<Outcome> write(Buffers buffers) override {
        return asio::async_write(socket_, buffers, as_tuple);
    }
    asio::awaitable<void> finish() override {
        std::error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
        co_return;
    }
};

class Tls final : public Transport {
public:
    using Handshake = asio::ssl::stream_base::handshake_type;

    Tls(Socket socket, asio::ssl::context& context, Handshake side)
        : Transport(std::move(socket)), stream_(socket_, context), side_(side) {}

    asio::awaitable<std::error_code> open() override {
        const auto [error] = co_await stream_.async_handshake(side_, as_tuple);
        co_return error;
    }
    /// A stream that ends without the notice of TLS was cut off: not asio::error::eof.
    asio::awaitable<Outcome> read(asio::mutable_buffer buffer) override {
        return stream_.async_read_some(buffer, as_tuple);
    }
    asio::awaitable<Outcome> write(Buffers buffers) override {
        return asio::async_write(stream_, buffers, as_tuple);
    }
    asio::awaitable<void> finish() override {
        std::error_code ignored;
        co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    }

    /// Before open().
    void expect(const std::string& host) {
        std::error_code not_an_address;
        asio::ip::make_address(host, not_an_address);
        // An address is not sent as a name (RFC 6066, section 3).
        if (not_an_address) SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str());
        stream_.set_verify_callback(asio::ssl::host_name_verification(host));
    }

private:
    asio::ssl::stream<Socket&> stream_;
    Handshake side_;
};

}  // namespace

void Transport::cancel() {
    std::error_code ignored;
    socket_.cancel(ignored);
}

void Transport::close() {
    std::error_code ignored;
    socket_.close(ignored);
}

std::unique_ptr<Transport> make_plain(Transport::Socket socket) {
    return std::make_unique<Plain>(std::move(socket));
}

std::unique_ptr<Transport> make_tls_server(Transport::Socket socket, asio::ssl::context& context) {
    return std::make_unique<Tls>(std::move(socket), context, asio::ssl::stream_base::server);
}

std::unique_ptr<Transport> make_tls_client(Transport::Socket socket,
                                           asio::ssl::context& context,
                                           const std::string& host) {
    auto transport =
        std::make_unique<Tls>(std::move(socket), context, asio::ssl::stream_base::client);
    transport->expect(host);
    return transport;
}

}  // namespace trommel::http
