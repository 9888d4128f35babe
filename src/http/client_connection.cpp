#include "http/client_connection.hpp"

#include "http/head_text.hpp"
#include "http/message_writer.hpp"
#include "trommel/core/error.hpp"

#include <asio/ssl/error.hpp>
#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace trommel::http {
namespace {

/// A request of these without a body says nothing of a length.
bool is_usually_bodyless(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "DELETE";
}

std::string head_of(const Url& url,
                    const Request& request,
                    const Outgoing& message,
                    const std::string& user_agent) {
    if (request.method.empty() || url.target.empty()) throw Error("a request needs a method");
    std::string head = request.method + " " + url.target + " HTTP/1.1\r\n";
    append_field(head, "Host", url.authority());
    if (!request.headers.has("User-Agent")) append_field(head, "User-Agent", user_agent);
    if (!request.headers.has("Accept-Encoding")) append_field(head, "Accept-Encoding", "gzip");
    append_fields(head, request.headers);
    if (message.in_chunks)
        append_field(head, "Transfer-Encoding", "chunked");
    else if (message.length != 0 || !is_usually_bodyless(request.method))
        append_field(head, "Content-Length", *message.length);
    head += "\r\n";
    return head;
}

}  // namespace

ClientConnection::ClientConnection(std::unique_ptr<Transport> transport,
                                   std::string origin,
                                   Deadlines& deadlines,
                                   const ClientOptions& options)
    : origin_(std::move(origin)),
      options_(options),
      wire_(std::move(transport), deadlines),
      parser_(Parser::Reads::responses, options.header_bytes) {}

/// To be called in a catch handler.
void ClientConnection::rethrow() {
    try {
        throw;
    } catch (const TimedOut&) {
        throw TransientError(fmt::format("{}: too slow", origin_));
    } catch (const std::system_error& error) {
        if (!wire_.is_lost() || error.code() == asio::error::operation_aborted) throw;
        const auto reason = error.code().message();
        if (error.code().category() == asio::error::get_ssl_category())
            throw Error(fmt::format("{}: no trust by TLS: {}", origin_, reason));
        throw TransientError(fmt::format("{}: the connection broke off: {}", origin_, reason));
    }
}

asio::awaitable<void> ClientConnection::open(WaitBudget::Duration limit) {
    try {
        co_await wire_.open(limit);
    } catch (...) {
        rethrow();
    }
}

asio::awaitable<void> ClientConnection::ask(const Url& url, Request& request) {
    try {
        const bool bodyless = request.method == "HEAD";
        parser_.begin(bodyless);
        co_await write(url, request);
        co_await read_head(bodyless);
    } catch (...) {
        rethrow();
    }
}

asio::awaitable<void> ClientConnection::write(const Url& url, Request& request) {
    Outgoing message(request.body, length_of(request.body), true);
    message.until_heard = !url.tls;  // under TLS, what is heard may be no answer
    message.head = head_of(url, request, message, options_.user_agent);
    sent_whole_ = false;
    try {
        sent_whole_ = co_await write_message(wire_, message, options_.write);
    } catch (const std::system_error& error) {
        // The server may have answered before it closed its ear.
        if (!wire_.is_lost() || error.code() == asio::error::operation_aborted) throw;
    }
}

asio::awaitable<void> ClientConnection::read_head(bool bodyless) {
    WaitBudget patience(options_.answer);
    while (true) {
        put();
        if (!parser_.has_head()) {
            const bool more = co_await wire_.fill(head_read, patience);
            if (!more) put_end();
            continue;
        }
        const unsigned status = parser_.head().status;
        if (status == 101) throw Error(fmt::format("{}: wants another protocol", origin_));
        if (status >= 200) break;
        parser_.begin(bodyless);  // an interim answer
    }
    body_patience_ = WaitBudget(options_.body, body_read);
}

void ClientConnection::put() {
    try {
        wire_.consume(parser_.put(wire_.bytes()));
    } catch (const MessageError& error) {
        throw Error(fmt::format("{}: answers what is not HTTP: {}", origin_, error.what()));
    }
}

void ClientConnection::put_end() {
    try {
        if (parser_.has_begun()) return parser_.put_end();
    } catch (const MessageError&) {
        // Said below.
    }
    throw TransientError(fmt::format("{}: the connection ended before the answer did", origin_));
}

asio::awaitable<std::string> ClientConnection::next_piece() {
    std::string piece;
    try {
        co_await find_piece(piece);
    } catch (...) {
        rethrow();
    }
    co_return piece;
}

asio::awaitable<void> ClientConnection::find_piece(std::string& piece) {
    piece = parser_.take_body();
    while (piece.empty() && !parser_.is_done()) {
        put();
        piece = parser_.take_body();
        if (!piece.empty() || parser_.is_done()) break;
        const bool more = co_await wire_.fill(body_read, body_patience_);
        if (!more) put_end();
    }
}

bool ClientConnection::is_reusable() {
    return sent_whole_ && parser_.is_done() && parser_.head().keep_alive && is_fresh();
}

}  // namespace trommel::http
