#include "trommel/http/client.hpp"

#include "http/client_connection.hpp"
#include "http/gzip.hpp"
#include "http/head_text.hpp"
#include "http/tls.hpp"
#include "http/token.hpp"
#include "http/transport.hpp"
#include "trommel/core/error.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/limiter.hpp"
#include "trommel/runtime/outside_work.hpp"

#include <asio/connect.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <utility>

namespace trommel::http {
namespace {

using asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;

constexpr auto tick = std::chrono::milliseconds(50);

/// While it lives, the loop waits for another program.
class Outside {
public:
    explicit Outside(const asio::any_io_executor& executor) : work_(OutsideWork::of(executor)) {
        ++work_.jobs;
    }
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;
    ~Outside() { --work_.jobs; }

private:
    OutsideWork& work_;
};

[[noreturn]] void fail(const Url& url, const char* what, const std::error_code& error) {
    if (error == asio::error::operation_aborted) throw std::system_error(error);
    throw TransientError(fmt::format("{}: {}: {}", url.origin(), what, error.message()));
}

asio::awaitable<tcp::socket> connected(Url url) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::socket socket(executor);
    std::error_code no_address;
    const auto address = asio::ip::make_address(url.host, no_address);
    std::error_code error;
    if (!no_address) {
        const auto [failure] =
            co_await socket.async_connect(tcp::endpoint(address, url.port), as_tuple);
        error = failure;
    } else {
        tcp::resolver resolver(executor);
        const auto [unknown, endpoints] =
            co_await resolver.async_resolve(url.host, std::to_string(url.port), as_tuple);
        if (unknown) fail(url, "the host is not found", unknown);
        const auto [failure, reached] = co_await asio::async_connect(socket, endpoints, as_tuple);
        error = failure;
    }
    if (error) fail(url, "cannot connect", error);
    socket.set_option(tcp::no_delay(true), error);
    co_return socket;
}

}  // namespace

class Client::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::any_io_executor executor, ClientOptions options)
        : executor_(std::move(executor)),
          options_(std::move(options)),
          deadlines_(executor_, tick),
          slots_(executor_,
                 clock_,
                 Limit{.parallel = static_cast<std::int64_t>(options_.connections)}) {}

    asio::awaitable<Response> send(Url url, Request request) {
        const Outside outside(executor_);
        Limiter::Slot slot = co_await slots_.slot();
        auto connection = take(url.origin());
        const bool kept = connection != nullptr;
        const bool may_repeat = kept && (request.method == "GET" || request.method == "HEAD") &&
                                !request.body.is_stream();
        bool repeat = false;
        if (!kept) connection = co_await connect(url);
        try {
            co_await connection->ask(url, request);
        } catch (const TransientError&) {
            repeat = may_repeat && !connection->was_answered();
            if (!repeat) throw;
        }
        if (repeat) {
            connection = co_await connect(url);
            co_await connection->ask(url, request);
        }
        co_return response_of(std::move(connection), std::move(slot));
    }

    /// The end of what `send` gave; `connection` has been read to its end.
    void keep(std::unique_ptr<ClientConnection> connection) {
        if (!connection->is_reusable() || idle_.size() >= options_.connections) return;
        const std::string origin = connection->origin();
        idle_.emplace(origin, Idle{std::move(connection), SteadyClock::now()});
    }

    std::size_t idle_connections() const { return idle_.size(); }
    const asio::any_io_executor& executor() const { return executor_; }

private:
    class AnswerBody;

    struct Idle {
        std::unique_ptr<ClientConnection> connection;
        SteadyClock::time_point since;
    };

    /// One that can be asked, or none.
    std::unique_ptr<ClientConnection> take(const std::string& origin) {
        while (true) {
            const auto found = idle_.find(origin);
            if (found == idle_.end()) return nullptr;
            auto idle = std::move(idle_.extract(found).mapped());
            const bool is_young = SteadyClock::now() - idle.since < options_.idle;
            if (is_young && idle.connection->is_fresh()) return std::move(idle.connection);
        }
    }

    asio::awaitable<std::unique_ptr<ClientConnection>> connect(Url url) {
        const auto deadline = SteadyClock::now() + options_.connect;
        std::optional<tcp::socket> socket;
        try {
            socket = co_await with_deadline(connected(url), deadline);
        } catch (const DeadlineExceeded&) {
            throw TransientError(fmt::format("{}: cannot be reached in time", url.origin()));
        }
        auto transport = url.tls ? make_tls_client(std::move(*socket), tls(), url.host)
                                 : make_plain(std::move(*socket));
        auto connection = std::make_unique<ClientConnection>(
            std::move(transport), url.origin(), deadlines_, options_);
        co_await connection->open(deadline - SteadyClock::now());
        co_return connection;
    }

    /// Read once: the system's certificates are many.
    asio::ssl::context& tls() {
        if (!tls_) tls_.emplace(client_context(options_.ca_file));
        return *tls_;
    }

    Response response_of(std::unique_ptr<ClientConnection> connection, Limiter::Slot slot);

    asio::any_io_executor executor_;
    ClientOptions options_;
    SystemClock clock_;
    Deadlines deadlines_;
    Limiter slots_;
    std::optional<asio::ssl::context> tls_;
    std::multimap<std::string, Idle> idle_;
};

class Client::Impl::AnswerBody final : public BodySource {
public:
    AnswerBody(std::shared_ptr<Impl> client,
               std::unique_ptr<ClientConnection> connection,
               Limiter::Slot slot,
               std::optional<std::uint64_t> length)
        : client_(std::move(client)),
          connection_(std::move(connection)),
          slot_(std::move(slot)),
          length_(length) {}

    asio::awaitable<std::string> next() override {
        if (!connection_) co_return std::string();
        const Outside outside(client_->executor());
        std::string piece = co_await connection_->next_piece();
        if (piece.empty()) release();
        co_return piece;
    }

    std::optional<std::uint64_t> length() const override { return length_; }

private:
    void release() {
        client_->keep(std::move(connection_));
        slot_.give_back();
    }

    std::shared_ptr<Impl> client_;
    std::unique_ptr<ClientConnection> connection_;
    Limiter::Slot slot_;
    std::optional<std::uint64_t> length_;
};

Response Client::Impl::response_of(std::unique_ptr<ClientConnection> connection,
                                   Limiter::Slot slot) {
    Response response;
    Head& head = connection->head();
    response.status = head.status;
    response.headers = std::move(head.headers);
    if (connection->is_done()) {  // it has no body
        keep(std::move(connection));
        return response;
    }
    const bool packed = same_token(response.headers.get("Content-Encoding"), "gzip");
    response.body = Body(std::make_unique<AnswerBody>(shared_from_this(),
                                                      std::move(connection),
                                                      std::move(slot),
                                                      packed ? std::nullopt : head.length));
    if (packed)
        response.body =
            Body(gunzip(std::move(response.body), std::numeric_limits<std::uint64_t>::max()));
    return response;
}

Client::Client(asio::any_io_executor executor, ClientOptions options)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options))) {}

Client::~Client() = default;

asio::awaitable<Response> Client::send(Url url, Request request) {
    // The client may die while it waits.
    const auto impl = impl_;
    Response response = co_await impl->send(std::move(url), std::move(request));
    co_return response;
}

std::size_t Client::idle_connections() const { return impl_->idle_connections(); }

bool may_pass(unsigned status) {
    constexpr std::array passing = {408U, 425U, 429U, 502U, 503U, 504U};
    return std::ranges::find(passing, status) != passing.end();
}

std::optional<std::chrono::milliseconds> retry_after(const Headers& headers,
                                                     std::chrono::system_clock::time_point now) {
    const auto text = headers.get("Retry-After");
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc{} && end == text.data() + text.size())
        return std::chrono::seconds(seconds);
    const auto date = parse_http_date(text);
    if (!date) return std::nullopt;
    const auto wait = std::chrono::system_clock::from_time_t(*date) - now;
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(wait),
                    std::chrono::milliseconds(0));
}

}  // namespace trommel::http
