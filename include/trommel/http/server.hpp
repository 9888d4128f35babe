// HTTP server: answers a handler's answers over HTTP/1.1, in plain or under TLS.
#pragma once

#include "trommel/http/message.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trommel::http {

/// What strangers may take of this process. Times are kept to within a tenth of a second.
struct ServerLimits {
    std::chrono::milliseconds idle{60'000};    ///< between two requests
    std::chrono::milliseconds header{10'000};  ///< from a request's first byte to its head's last
    std::chrono::milliseconds body{30'000};    ///< for each 64 KiB of a request's body
    std::chrono::milliseconds write{30'000};   ///< for each 256 KiB of an answer
    std::chrono::milliseconds drain{10'000};   ///< for requests under way when drain() is called
    std::size_t header_bytes = std::size_t{64} * 1024;
    std::uint64_t body_bytes = std::uint64_t{4} << 30;  ///< of a request's body, also unpacked
    /// As far as the process has descriptors, of which some are kept for files and programs. A
    /// quarter is kept for those whom the handler knows.
    std::size_t connections = 4096;
    std::size_t connections_per_address =
        2048;  ///< or for each /64 of IPv6; not of trusted proxies
    /// That bodies read into memory and answers being fetched hold together. What needs more is
    /// refused with 503; answers under 64 KiB never are.
    std::uint64_t memory = std::uint64_t{512} << 20;
};

/// PEM files: the certificate with those that it was signed by, and its key.
struct TlsFiles {
    std::string certificate{};
    std::string key{};
};

struct ServerOptions {
    std::string address = "127.0.0.1";  ///< an IP address; `0.0.0.0` and `::` are all of this host
    std::uint16_t port = 0;             ///< 0 = any that is free
    ServerLimits limits{};
    std::optional<TlsFiles> tls{};
    /// IP addresses of proxies that are believed when they say, by X-Forwarded-For, for whom they
    /// ask: a request's peer is then the last in that list that is none of them.
    std::vector<std::string> trusted_proxies{};
    /// How a refusal is worded, by status and reason; by default as plain text. Also for requests
    /// that never reach the handler, so an API's errors all look alike.
    std::function<Response(unsigned status, const std::string& reason)> refusal{};
    /// Told what a handler threw that is not a MessageError; it is answered with 500 and without
    /// it.
    std::function<void(const std::string& what)> failed{};
};

bool is_ip_address(const std::string& text);

/// Serves a handler on one loop. Connections are kept alive and their requests, pipelined ones
/// too, answered in order; bodies stream both ways, in chunks where their length is not known.
///
/// Large answers of text are packed for clients that accept gzip, and requests that came packed
/// are unpacked. The answer to HEAD is the handler's without its body. With as many connections as
/// the limits allow, a new one takes the place of the one that has been idle the longest, else that
/// of a stranger who is slow, or is refused with 503.
class Server {
public:
    /// Listens from now on: what connects before run() waits. `handler` outlives it. Throws Error
    /// if the address cannot be had or the TLS files cannot be used.
    Server(asio::any_io_executor executor, ServerOptions options, Handler& handler);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    std::uint16_t port() const;
    std::size_t connections() const;
    /// How many there may be: the limit, or fewer where the process has too few descriptors.
    std::size_t connection_limit() const;

    /// Serves until drain() has been called and all connections have ended. Cancelling it cuts
    /// them off. Called once.
    asio::awaitable<void> run();

    /// Reads the TLS files anew, for connections to come; those that there are go on as they are.
    /// Throws Error, and keeps what it has, if the files cannot be used. Nothing without TLS.
    void reload_tls();

    /// Accepts no more, ends idle connections, lets requests under way be answered, and cuts off
    /// what is left after the limit.
    void drain();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trommel::http
