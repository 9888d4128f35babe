// Channel: a bounded queue between coroutines; who sends to a full one waits.
#pragma once

#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/event.hpp"
#include "trommel/runtime/send_status.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/this_coro.hpp>

#include <cassert>
#include <concepts>
#include <cstddef>
#include <deque>
#include <limits>
#include <list>
#include <optional>
#include <utility>

namespace trommel {

/// How much a channel holds at most. Send batches, not single records.
struct Capacity {
    std::size_t count = 16;
    std::size_t bytes = std::numeric_limits<std::size_t>::max();
};

/// Types whose namespace has `weight(const T&)`: the bytes that an item holds.
template <typename T>
concept Weighed = requires(const T& item) {
    { weight(item) } -> std::convertible_to<std::size_t>;
};

/// Carries items in order from any number of senders to any number of receivers on one loop.
///
/// Full is `count` items or `bytes` bytes; an item that is larger than that is admitted when the
/// channel is empty. An item weighs `weight(item)`, or else its sizeof. Nobody starves, and a small
/// item does not overtake a large one that waits for room. A cancelled sender or receiver loses
/// nothing: the item stays where it was, the turn passes to the next. Outlives all who use it.
///
/// Not asio's experimental channel: close() there drops what is queued and a cancelled receive
/// leaves it stuck (Asio 1.22.1).
template <typename T>
class Channel {
public:
    Channel(asio::any_io_executor executor, Capacity capacity)
        : executor_(std::move(executor)), capacity_(capacity) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() { assert(senders_.empty() && receivers_.empty() && "a channel outlives its users"); }

    std::size_t size() const { return items_.size(); }
    std::size_t bytes() const { return bytes_; }
    bool closed() const { return closed_; }

    /// No more items: receivers get those that are queued, then nothing; senders get `closed`. Both
    /// ends may call it, the reader to say that it has gone.
    void close() {
        closed_ = true;
        pass_on();
    }

    asio::awaitable<SendStatus> send(T item) {
        const std::size_t added = weight_of(item);
        std::optional<Turn> turn = queue_to_send(added);
        if (turn) {
            co_await turn->come();
        }
        co_return accept(item, added);
    }

    /// Moves from `item` only if it returns `sent`.
    asio::awaitable<SendStatus> send_from(T& item) {
        const std::size_t added = weight_of(item);
        std::optional<Turn> turn = queue_to_send(added);
        if (turn) {
            co_await turn->come();
        }
        co_return accept(item, added);
    }

    /// The next item, or nothing after the last item of a closed channel.
    asio::awaitable<std::optional<T>> receive() {
        std::optional<Turn> turn = queue_to_receive();
        if (turn) {
            co_await turn->come();
        }
        co_return pop();
    }

private:
    struct Waiter {
        Waiter(const asio::any_io_executor& executor, std::size_t bytes)
            : event(executor), weight(bytes) {}

        Event event;
        std::size_t weight;
        bool woken = false;
    };
    using Line = std::list<Waiter>;

    /// A place in a line, left at the end of its scope, whatever ends it. It is kept until the item
    /// is queued or taken, so that the next in line sees the channel as it then is.
    class Turn {
    public:
        Turn(Channel& channel, Line& line, std::size_t weight)
            : channel_(channel), line_(line), self_(line.end()) {
            self_ = line.emplace(line.end(), channel.executor_, weight);
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() {
            line_.erase(self_);
            channel_.pass_on();
        }

        /// Waits to be woken.
        asio::awaitable<void> come() {
            co_await self_->event.wait();
            const auto state = co_await asio::this_coro::cancellation_state;
            if (detail::is_cancelled(state)) detail::throw_cancelled();
        }

    private:
        Channel& channel_;
        Line& line_;
        typename Line::iterator self_;
    };

    /// Nothing if the sender is served at once. One that comes later may go ahead of a woken one if
    /// there is room for both, but not of one that waits for more room.
    std::optional<Turn> queue_to_send(std::size_t added) {
        if (closed_) return std::nullopt;
        const bool served = senders_.empty() ? has_room(1, added)
                                             : senders_.front().woken &&
                                                   has_room(2, added + senders_.front().weight);
        if (served) return std::nullopt;
        return std::optional<Turn>(std::in_place, *this, senders_, added);
    }

    /// Nothing if the receiver is served at once; one item stays for the first that waits.
    std::optional<Turn> queue_to_receive() {
        const std::size_t promised = receivers_.empty() ? 0 : 1;
        if (closed_ || items_.size() > promised) return std::nullopt;
        return std::optional<Turn>(std::in_place, *this, receivers_, std::size_t{0});
    }

    struct Item {
        T value;
        std::size_t weight;
    };

    static std::size_t weight_of(const T& item) {
        if constexpr (Weighed<T>)
            return weight(item);
        else
            return sizeof(item);
    }

    /// For `count` more items of `bytes` together.
    bool has_room(std::size_t count, std::size_t bytes) const {
        if (items_.empty() && count == 1) return true;
        return items_.size() + count <= capacity_.count && bytes <= capacity_.bytes &&
               bytes_ <= capacity_.bytes - bytes;
    }

    SendStatus accept(T& value, std::size_t added) {
        if (closed_) return SendStatus::closed;
        items_.push_back(Item{std::move(value), added});
        bytes_ += added;
        pass_on();
        return SendStatus::sent;
    }

    std::optional<T> pop() {
        std::optional<T> value;
        if (items_.empty()) return value;
        value.emplace(std::move(items_.front().value));
        bytes_ -= items_.front().weight;
        items_.pop_front();
        pass_on();
        return value;
    }

    /// Only the first in a line is ever woken, and what it was woken for is kept for it until it
    /// runs. It wakes the next one as it leaves.
    void pass_on() {
        if (!items_.empty() || closed_) wake_first(receivers_);
        if (!senders_.empty() && (closed_ || has_room(1, senders_.front().weight)))
            wake_first(senders_);
    }

    static void wake_first(Line& line) {
        if (line.empty() || line.front().woken) return;
        line.front().woken = true;
        line.front().event.set();
    }

    asio::any_io_executor executor_;
    Capacity capacity_;
    std::deque<Item> items_;
    std::size_t bytes_ = 0;
    bool closed_ = false;
    Line senders_;
    Line receivers_;
};

}  // namespace trommel
