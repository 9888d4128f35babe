#include "http/wire.hpp"

#include <asio/error.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace trommel::http {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t small = std::size_t{8} * 1024;
constexpr std::size_t slice = std::size_t{256} * 1024;
constexpr std::size_t most_to_discard = std::size_t{16} * 1024 * 1024;

asio::const_buffer buffer_of(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void WaitBudget::use(Duration waited, std::size_t bytes) {
    left_ = std::max(left_ - waited, Duration::zero());
    if (bytes < missing_) {
        missing_ -= bytes;
        return;
    }
    missing_ = refill_;
    left_ = limit_;
}

Wire::Wire(std::unique_ptr<Transport> transport, Deadlines& deadlines)
    : transport_(std::move(transport)), deadlines_(deadlines) {
    deadlines_.add(*this);
}

Wire::~Wire() { deadlines_.remove(*this); }

void Wire::expire() {
    timed_out_ = true;
    transport_->cancel();
}

Deadlines::Time Wire::begin_wait(WaitBudget::Duration limit) {
    const auto now = SteadyClock::now();
    timed_out_ = false;  // of a wait that ended just as it expired
    due = now + limit;
    deadlines_.wake();
    return now;
}

void Wire::check(const std::error_code& error) {
    due = Deadlines::Time::max();
    if (!error) return;
    if (timed_out_ && error == asio::error::operation_aborted) {
        throw TimedOut("the other side was too slow");
    }
    lost_ = true;
    throw std::system_error(error);
}

asio::awaitable<void> Wire::open(WaitBudget::Duration limit) {
    begin_wait(limit);
    const std::error_code error = co_await transport_->open();
    check(error);
}

asio::awaitable<bool> Wire::fill(std::size_t most, WaitBudget& patience) {
    make_room(most);
    const auto start = begin_wait(patience.left());
    const auto [error, count] =
        co_await transport_->read(asio::mutable_buffer(buffer_.data() + end_, most));
    if (error == asio::error::eof) {
        due = Deadlines::Time::max();
        co_return false;
    }
    check(error);
    patience.use(SteadyClock::now() - start, count);
    end_ += count;
    co_return true;
}

void Wire::make_room(std::size_t most) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (buffer_.size() - end_ >= most) return;
    if (begin_ != end_) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() - end_ < most) buffer_.resize(end_ + most);
}

void Wire::shrink() {
    if (begin_ != end_ || buffer_.size() <= small) return;
    buffer_ = {};
    begin_ = end_ = 0;
}

asio::awaitable<void> Wire::write(std::string_view head,
                                  std::string_view body,
                                  std::string_view tail,
                                  WaitBudget::Duration limit) {
    if (body.size() > slice) return write_slices(head, body, tail, limit);
    const Transport::Buffers whole{buffer_of(head), buffer_of(body), buffer_of(tail)};
    return write_slice(whole, limit);
}

asio::awaitable<void> Wire::write_slices(std::string_view head,
                                         std::string_view body,
                                         std::string_view tail,
                                         WaitBudget::Duration limit) {
    while (body.size() > slice) {
        const Transport::Buffers part{buffer_of(head), buffer_of(body.substr(0, slice)), {}};
        co_await write_slice(part, limit);
        head = {};
        body.remove_prefix(slice);
    }
    const Transport::Buffers rest{buffer_of(head), buffer_of(body), buffer_of(tail)};
    co_await write_slice(rest, limit);
}

asio::awaitable<void> Wire::write_slice(Transport::Buffers buffers, WaitBudget::Duration limit) {
    begin_wait(limit);
    const auto [error, count] = co_await transport_->write(buffers);
    check(error);
}

asio::awaitable<void> Wire::linger(WaitBudget::Duration limit) {
    begin_wait(limit);
    co_await transport_->finish();
    WaitBudget patience(limit);
    std::size_t discarded = 0;
    begin_ = end_ = 0;
    while (discarded < most_to_discard) {
        const bool more = co_await fill(slice, patience);
        if (!more) break;
        discarded += bytes().size();
        consume(bytes().size());
    }
    close();
}

bool Wire::is_quiet() const {
    if (begin_ != end_) return false;
    char byte = 0;
    const auto count =
        ::recv(transport_->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Wire::close() {
    due = Deadlines::Time::max();
    transport_->close();
}

}  // namespace trommel::http
