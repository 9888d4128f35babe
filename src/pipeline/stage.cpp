#include "trommel/pipeline/stage.hpp"

#include <fmt/format.h>

namespace trommel {

void Inputs::close() {
    for (const auto& stream : streams_) stream.channel->close();
}

asio::awaitable<PayloadPtr> Inputs::receive_any(std::string_view port) {
    for (const auto& stream : streams_) {
        if (stream.port != port) continue;
        std::optional<PayloadPtr> next = co_await stream.channel->receive();
        if (next) co_return *std::move(next);
    }
    co_return nullptr;
}

asio::awaitable<PayloadPtr> Inputs::receive_only(std::string_view port) {
    PayloadPtr only = co_await receive_any(port);
    if (!only) throw DataError(fmt::format("nothing arrived on the input '{}'", port));
    co_return only;
}

asio::awaitable<void> Output::send(PayloadPtr payload) {
    for (PayloadChannel* reader : readers_) co_await reader->send(payload);
    listener_(payload);
}

void Output::close() {
    for (PayloadChannel* reader : readers_) reader->close();
}

}  // namespace trommel
