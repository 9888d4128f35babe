#include "trommel/pipeline/stage/stage.hpp"

#include <fmt/format.h>

namespace trommel {

void Inputs::close() {
    for (const auto& stream : streams_) stream.channel->close();
}

asio::awaitable<PayloadPtr> Inputs::receive_any(std::string_view port) {
    for (auto& stream : streams_) {
        if (stream.port != port) continue;
        PayloadPtr next = co_await receive_from(stream);
        if (next) co_return next;
    }
    co_return nullptr;
}

/// The next of the stream, or null.
asio::awaitable<PayloadPtr> Inputs::receive_from(Stream& stream) {
    if (observer_ != nullptr) observer_->wait_begins();
    PayloadPtr next = co_await take(stream);
    if (observer_ != nullptr) {
        co_await observer_->wait_ends();
    }
    co_return next;
}

/// What is taken off the channel is kept before anything else can fail, so that no attempt loses
/// it.
asio::awaitable<PayloadPtr> Inputs::take(Stream& stream) const {
    if (stream.next < stream.kept.size()) co_return stream.kept[stream.next++];
    std::optional<PayloadPtr> next = co_await stream.channel->receive();
    if (next && keeps_) {
        stream.kept.push_back(*next);
        ++stream.next;
    }
    co_return next.value_or(nullptr);
}

asio::awaitable<void> Inputs::fill() {
    for (auto& stream : streams_)
        while (auto next = co_await stream.channel->receive())
            stream.kept.push_back(*std::move(next));
}

void Inputs::rewind() {
    for (auto& stream : streams_) stream.next = 0;
}

void Inputs::forget() {
    keeps_ = false;
    for (auto& stream : streams_) {
        stream.kept.erase(stream.kept.begin(),
                          stream.kept.begin() + static_cast<std::ptrdiff_t>(stream.next));
        stream.next = 0;
    }
}

asio::awaitable<PayloadPtr> Inputs::receive_only(std::string_view port) {
    PayloadPtr only = co_await receive_any(port);
    if (!only) throw DataError(fmt::format("nothing arrived on the input '{}'", port));
    co_return only;
}

asio::awaitable<void> Output::send(PayloadPtr payload) {
    if (observer_ != nullptr) observer_->wait_begins();
    co_await hand_on(payload);
    listener_(payload);
    if (observer_ != nullptr) {
        co_await observer_->wait_ends();
    }
}

asio::awaitable<void> Output::hand_on(PayloadPtr payload) {
    for (PayloadChannel* reader : readers_) {
        co_await reader->send(payload);
        has_sent_ = true;
    }
    has_sent_ = true;
}

void Output::close() {
    for (PayloadChannel* reader : readers_) reader->close();
}

}  // namespace trommel
