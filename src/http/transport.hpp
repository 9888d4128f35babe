// Transport: a connection's socket, plain or under TLS.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/use_awaitable.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

namespace trommel::http {

/// Awaits an error code as a value rather than an exception.
constexpr auto as_tuple = asio::experimental::as_tuple(asio::use_awaitable);

/// Bytes in both directions. Outlives its calls; one read and one write at a time.
class Transport {
public:
    using Socket = asio::ip::tcp::socket;
    /// As many as the parts of a chunk: its line, its bytes, its end.
    using Buffers = std::array<asio::const_buffer, 3>;
    using Outcome = std::tuple<std::error_code, std::size_t>;  ///< what happened, bytes moved

    explicit Transport(Socket socket) : socket_(std::move(socket)) {}
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    /// What has to be done before the first byte: a handshake.
    virtual asio::awaitable<std::error_code> open() = 0;
    /// At least one byte, or an error; asio::error::eof at a proper end.
    virtual asio::awaitable<Outcome> read(asio::mutable_buffer buffer) = 0;
    /// All bytes, or an error.
    virtual asio::awaitable<Outcome> write(Buffers buffers) = 0;
    /// Tells the other side that no more bytes come from here.
    virtual asio::awaitable<void> finish() = 0;

    /// Ends the read and the write that are under way, with asio::error::operation_aborted.
    void cancel();
    void close();
    Socket& socket() { return socket_; }

protected:
    Socket socket_;
};

std::unique_ptr<Transport> make_plain(Transport::Socket socket);
/// The server's side of TLS. What the context says then holds for it, whatever becomes of that.
std::unique_ptr<Transport> make_tls_server(Transport::Socket socket, asio::ssl::context& context);
/// The client's side: asks for `host` (SNI) and checks that the certificate is of that name or IP
/// address (RFC 6125). The context outlives it.
std::unique_ptr<Transport> make_tls_client(Transport::Socket socket,
                                           asio::ssl::context& context,
                                           const std::string& host);

}  // namespace trommel::http
