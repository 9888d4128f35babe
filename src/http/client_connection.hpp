// ClientConnection: one connection to a server, asked one thing after another.
#pragma once

#include "http/deadlines.hpp"
#include "http/parser.hpp"
#include "http/wire.hpp"
#include "trommel/http/client.hpp"

#include <asio/awaitable.hpp>

#include <memory>
#include <string>

namespace trommel::http {

/// Throws what Client throws. After that, only its end is left.
class ClientConnection {
public:
    /// `origin` names the server in messages. The others outlive it.
    ClientConnection(std::unique_ptr<Transport> transport,
                     std::string origin,
                     Deadlines& deadlines,
                     const ClientOptions& options);

    asio::awaitable<void> open(WaitBudget::Duration limit);

    /// Sends the request and reads the head of the answer.
    asio::awaitable<void> ask(const Url& url, Request& request);
    Head& head() { return parser_.head(); }
    /// The next piece of the answer's body; an empty one is its end.
    asio::awaitable<std::string> next_piece();

    /// Whether the answer has been read to its end.
    bool is_done() const { return parser_.is_done(); }
    /// Whether it can be asked again after that.
    bool is_reusable();
    /// Whether it still is as the last answer left it.
    bool is_fresh() const { return wire_.is_quiet(); }
    /// Whether anything of the answer came.
    bool was_answered() const { return parser_.has_begun(); }
    const std::string& origin() const { return origin_; }

private:
    asio::awaitable<void> write(const Url& url, Request& request);
    asio::awaitable<void> read_head(bool bodyless);
    asio::awaitable<void> find_piece(std::string& piece);
    void put();
    void put_end();
    [[noreturn]] void rethrow();

    std::string origin_;
    const ClientOptions& options_;
    Wire wire_;
    Parser parser_;
    WaitBudget body_patience_{WaitBudget::Duration::zero()};
    bool sent_whole_ = false;
};

}  // namespace trommel::http
