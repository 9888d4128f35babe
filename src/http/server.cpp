#include "trommel/http/server.hpp"

#include "http/connection.hpp"
#include "http/peer.hpp"
#include "http/tls.hpp"
#include "http/transport.hpp"
#include "trommel/core/error.hpp"
#include "trommel/runtime/nursery.hpp"

#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <list>
#include <utility>

namespace trommel::http {
namespace {

using asio::ip::tcp;

constexpr auto tick = std::chrono::milliseconds(50);
/// Between two tries where the system has no descriptor or memory for another connection.
constexpr auto pause_after_failure = std::chrono::milliseconds(10);

tcp::acceptor listen(const asio::any_io_executor& executor, const ServerOptions& options) {
    std::error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) throw Error(fmt::format("'{}' is not an IP address to listen on", options.address));
    try {
        return {executor, tcp::endpoint(address, options.port)};
    } catch (const std::system_error& failure) {
        throw Error(fmt::format(
            "cannot listen on {} port {}: {}", options.address, options.port, failure.what()));
    }
}

/// In the form that peers have.
std::string proxy_of(const std::string& text) {
    std::error_code error;
    const auto address = asio::ip::make_address(text, error);
    if (error) throw Error(fmt::format("'{}' is not an IP address of a proxy", text));
    return peer_of(address);
}

/// How many connections the process has descriptors for, beside files, the database and programs.
std::size_t connections_of(const ServerLimits& limits) {
    constexpr rlim_t reserve = 128;
    rlimit descriptors{};
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
    const rlim_t all = descriptors.rlim_cur;
    const rlim_t most = all - std::min(reserve, all / 2);
    return std::max<std::size_t>(1, std::min<rlim_t>(limits.connections, most));
}

}  // namespace

class Server::Impl {
public:
    Impl(asio::any_io_executor executor, ServerOptions options, Handler& handler)
        : options_(std::move(options)),
          acceptor_(listen(executor, options_)),
          port_(acceptor_.local_endpoint().port()),
          drained_(executor),
          limit_(connections_of(options_.limits)),
          site_{options_,
                handler,
                Deadlines(executor, tick),
                ConnectionSlots({.all = limit_,
                                 .strangers = limit_ - limit_ / 4,
                                 .per_network = options_.limits.connections_per_address}),
                Memory(options_.limits.memory)} {
        for (auto& proxy : options_.trusted_proxies) proxy = proxy_of(proxy);
        reload_tls();
    }

    void reload_tls() {
        if (options_.tls) tls_ = server_context(*options_.tls);
    }

    std::uint16_t port() const { return port_; }
    std::size_t connections() const { return connections_.size(); }
    std::size_t connection_limit() const { return limit_; }

    asio::awaitable<void> run() {
        auto serve = [this](Nursery& nursery) -> asio::awaitable<void> {
            co_await accept_all(nursery);
            co_await wait_for_last();
            nursery.cancel();
        };
        co_await with_nursery(std::move(serve));
    }

    void drain() {
        site_.draining = true;
        std::error_code ignored;
        acceptor_.close(ignored);
        for (auto& connection : connections_) connection.stop_idling();
    }

private:
    using Connections = std::list<Connection>;

    asio::awaitable<void> accept_all(Nursery& nursery) {
        while (!site_.draining) {
            tcp::endpoint peer;
            auto [error, socket] = co_await acceptor_.async_accept(peer, as_tuple);
            if (error == asio::error::operation_aborted) break;  // drained or cancelled
            if (error) {
                site_.slots.shed();  // frees the descriptor that was missing
                co_await pause();
            } else {
                take(std::move(socket), origin_of(peer.address()), nursery);
            }
        }
    }

    asio::awaitable<void> pause() {
        asio::steady_timer timer(acceptor_.get_executor(), pause_after_failure);
        co_await timer.async_wait(asio::use_awaitable);
    }

    void take(tcp::socket socket, Connection::Origin origin, Nursery& nursery) {
        std::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        if (!site_.slots.make_room(origin.network)) return refuse(std::move(socket));
        auto transport =
            tls_ ? make_tls_server(std::move(socket), *tls_) : make_plain(std::move(socket));
        connections_.emplace_back(std::move(transport), std::move(origin), site_);
        nursery.start(serve(std::prev(connections_.end())));
    }

    Connection::Origin origin_of(const asio::ip::address& address) const {
        auto peer = peer_of(address);
        const auto& proxies = options_.trusted_proxies;
        const bool is_proxy = std::find(proxies.begin(), proxies.end(), peer) != proxies.end();
        return {std::move(peer), is_proxy ? "" : network_of(address)};
    }

    asio::awaitable<void> serve(Connections::iterator connection) {
        co_await connection->serve();
        connections_.erase(connection);
        if (connections_.empty()) drained_.cancel();
    }

    /// Without waiting: what does not fit into the socket's buffer is lost with the connection.
    void refuse(tcp::socket socket) {
        if (tls_) return;
        constexpr std::string_view busy =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n";
        std::error_code ignored;
        socket.non_blocking(true, ignored);
        socket.write_some(asio::buffer(busy), ignored);
        socket.shutdown(tcp::socket::shutdown_send, ignored);
    }

    asio::awaitable<void> wait_for_last() {
        if (connections_.empty()) co_return;
        drained_.expires_after(options_.limits.drain);
        std::error_code ignored;
        co_await drained_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }

    ServerOptions options_;
    tcp::acceptor acceptor_;
    std::uint16_t port_;
    asio::steady_timer drained_;
    std::optional<asio::ssl::context> tls_;
    std::size_t limit_;
    Site site_;
    Connections connections_;
};

bool is_ip_address(const std::string& text) {
    std::error_code error;
    asio::ip::make_address(text, error);
    return !error;
}

Server::Server(asio::any_io_executor executor, ServerOptions options, Handler& handler)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options), handler)) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return impl_->port(); }
std::size_t Server::connections() const { return impl_->connections(); }
std::size_t Server::connection_limit() const { return impl_->connection_limit(); }
asio::awaitable<void> Server::run() { return impl_->run(); }
void Server::reload_tls() { impl_->reload_tls(); }
void Server::drain() { impl_->drain(); }

}  // namespace trommel::http
