#include "http/message_writer.hpp"

#include "http/head_text.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace trommel::http {
namespace {

asio::awaitable<std::string> first_piece(Outgoing& message) {
    if (!message.first.empty() || message.length == 0) co_return std::move(message.first);
    co_return co_await message.body.next();
}

asio::awaitable<bool> write_chunks(Wire& wire, Outgoing& message, WaitBudget::Duration limit) {
    std::string& head = message.head;
    std::string piece = co_await first_piece(message);
    while (!piece.empty()) {
        if (message.until_heard && head.empty() && !wire.is_quiet()) co_return false;
        head += chunk_line(piece.size());
        co_await wire.write(head, piece, "\r\n", limit);
        head.clear();
        piece = co_await message.body.next();
    }
    head += chunk_line(0);
    co_await wire.write(head, "\r\n", {}, limit);
    co_return true;
}

asio::awaitable<bool> write_as_is(Wire& wire, Outgoing& message, WaitBudget::Duration limit) {
    const auto length = message.length;
    const auto most = length.value_or(std::numeric_limits<std::uint64_t>::max());
    std::string piece = co_await first_piece(message);
    std::uint64_t sent = piece.size();
    if (sent <= most) co_await wire.write(message.head, piece, {}, limit);
    message.head.clear();
    while (!piece.empty() && sent < most) {
        if (message.until_heard && !wire.is_quiet()) co_return false;
        piece = co_await message.body.next();
        sent += piece.size();
        if (!piece.empty() && sent <= most) co_await wire.write({}, piece, {}, limit);
    }
    if (length && sent != *length)
        throw Error(fmt::format("a body of {} bytes was announced, but {} came", *length, sent));
    co_return true;
}

}  // namespace

std::optional<std::uint64_t> length_of(Body& body) {
    if (body.is_stream()) return body.source().length();
    return body.text().size();
}

asio::awaitable<bool> write_message(Wire& wire, Outgoing& message, WaitBudget::Duration limit) {
    if (message.in_chunks) return write_chunks(wire, message, limit);
    return write_as_is(wire, message, limit);
}

}  // namespace trommel::http
