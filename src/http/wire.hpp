// Wire: a connection's bytes, read ahead and written whole, each within its time.
#pragma once

#include "http/deadlines.hpp"
#include "http/transport.hpp"
#include "trommel/http/message_error.hpp"

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace trommel::http {

/// Bytes to ask for at once.
constexpr std::size_t head_read = std::size_t{4} * 1024;
constexpr std::size_t body_read = std::size_t{64} * 1024;

/// The other side was too slow.
class TimedOut : public MessageError {
public:
    explicit TimedOut(const std::string& what) : MessageError(408, what) {}
};

/// Time to wait for the other side. Only waiting uses it up; `refill` bytes that came bring it back
/// in full, so that a slow sender has to keep up a rate.
class WaitBudget {
public:
    using Duration = std::chrono::steady_clock::duration;

    explicit WaitBudget(Duration limit, std::size_t refill = static_cast<std::size_t>(-1))
        : limit_(limit), left_(limit), refill_(refill), missing_(refill) {}

    Duration left() const { return left_; }
    void use(Duration waited, std::size_t bytes);

private:
    Duration limit_;
    Duration left_;
    std::size_t refill_;
    std::size_t missing_;  ///< bytes until the next refill
};

/// One loop only. After anything was thrown, it is good for close() alone, but that an answer may
/// be written after TimedOut.
class Wire final : public Deadlines::Waiter {
public:
    /// `deadlines` outlives it.
    Wire(std::unique_ptr<Transport> transport, Deadlines& deadlines);
    ~Wire() override;

    /// Throws std::system_error, as the others do when the connection is lost, or TimedOut.
    asio::awaitable<void> open(WaitBudget::Duration limit);

    /// What was read and not yet consumed.
    std::string_view bytes() const { return {buffer_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t count) { begin_ += count; }
    /// Reads up to `most` bytes more. False if there are none to come.
    asio::awaitable<bool> fill(std::size_t most, WaitBudget& patience);
    /// Gives memory back that a large message took, if nothing is in it.
    void shrink();

    /// `limit` is for each 256 KiB.
    asio::awaitable<void> write(std::string_view head,
                                std::string_view body,
                                std::string_view tail,
                                WaitBudget::Duration limit);

    /// Says that nothing more comes, lets the other side read what was sent, and closes: closing at
    /// once, with bytes unread, would reset the connection and take the answer away again.
    asio::awaitable<void> linger(WaitBudget::Duration limit);
    void close();

    /// Ends what waits, with operation_aborted.
    void stop() { transport_->cancel(); }
    /// Whether the other side is there and says nothing.
    bool is_quiet() const;
    /// Whether it was the connection that failed.
    bool is_lost() const { return lost_; }

private:
    void expire() override;
    Deadlines::Time begin_wait(WaitBudget::Duration limit);
    void make_room(std::size_t most);
    void check(const std::error_code& error);
    asio::awaitable<void> write_slices(std::string_view head,
                                       std::string_view body,
                                       std::string_view tail,
                                       WaitBudget::Duration limit);
    asio::awaitable<void> write_slice(Transport::Buffers buffers, WaitBudget::Duration limit);

    std::unique_ptr<Transport> transport_;
    Deadlines& deadlines_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool timed_out_ = false;
    bool lost_ = false;
};

}  // namespace trommel::http
