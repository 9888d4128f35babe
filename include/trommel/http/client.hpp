// HTTP client: asks servers over HTTP/1.1, in plain or under TLS, over connections that it keeps.
#pragma once

#include "trommel/http/message.hpp"
#include "trommel/http/url.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace trommel::http {

/// Times are kept to within a tenth of a second.
struct ClientOptions {
    std::chrono::milliseconds connect{10'000};  ///< to find, reach and greet the server
    std::chrono::milliseconds write{30'000};    ///< for each 256 KiB of a request
    std::chrono::milliseconds answer{180'000};  ///< from the request's end to the answer's head
    std::chrono::milliseconds body{30'000};     ///< for each 64 KiB of an answer's body
    std::chrono::milliseconds idle{30'000};     ///< a connection unused for longer is not reused
    std::size_t connections = 16;               ///< at once; more requests wait
    std::size_t header_bytes = std::size_t{64} * 1024;
    std::string ca_file{};  ///< PEM of trusted certificates; empty: those of the system
    std::string user_agent = "trommel";
};

/// Sends requests, many at a time, on one loop.
///
/// A certificate has to be signed by one that is trusted and be of the URL's host. Answers that
/// come packed by gzip are unpacked. Redirects are not followed, and nothing is tried again but a
/// GET or HEAD that met the end of a kept connection: the caller knows what may be repeated.
class Client {
public:
    explicit Client(asio::any_io_executor executor, ClientOptions options = {});
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    /// The answer, whatever its status. Its body holds the connection until it has been read or
    /// dies, and may outlive the client. `url` gives the target; `request.target` is not used.
    ///
    /// Throws TransientError if the server cannot be reached, is too slow or breaks off, also while
    /// the body is read; Error if its certificate is refused or its answer is not HTTP; what the
    /// request's body throws. An answer that comes before the request has been sent whole is given.
    asio::awaitable<Response> send(Url url, Request request);

    /// How many connections wait to be used again.
    std::size_t idle_connections() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

/// Whether the same request may succeed later: 408, 425, 429, 502, 503 and 504.
bool may_pass(unsigned status);

/// How long the answer asks to be left alone: Retry-After, in seconds or as a date (RFC 9110,
/// section 10.2.3). Nothing if it has none that can be read.
std::optional<std::chrono::milliseconds> retry_after(
    const Headers& headers,
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

}  // namespace trommel::http
