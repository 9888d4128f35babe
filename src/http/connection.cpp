#include "http/connection.hpp"

#include "http/gzip.hpp"
#include "http/peer.hpp"
#include "http/token.hpp"
#include "trommel/http/message_error.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace trommel::http {
namespace {

/// What is read of a body that the handler left, rather than end the connection.
constexpr std::uint64_t most_to_skip = std::uint64_t{64} * 1024;
constexpr std::uint64_t least_to_refuse = std::uint64_t{64} * 1024;
constexpr std::uint64_t stream_bytes = std::uint64_t{64} * 1024;  ///< a piece on its way
constexpr auto linger_limit = std::chrono::seconds(2);

}  // namespace

/// A request's body as its handler sees it; reads the connection.
class Connection::RequestBody final : public BodySource {
public:
    RequestBody(Connection& connection, std::optional<std::uint64_t> length)
        : connection_(connection), length_(length) {}

    asio::awaitable<std::string> next() override { return connection_.next_piece(); }
    std::optional<std::uint64_t> length() const override { return length_; }
    void keep(std::size_t bytes) override { connection_.keep(bytes); }

private:
    Connection& connection_;
    std::optional<std::uint64_t> length_;
};

Connection::Connection(std::unique_ptr<Transport> transport, Origin origin, Site& site)
    : site_(site),
      peer_(std::move(origin.peer)),
      wire_(std::move(transport), site.deadlines),
      parser_(Parser::Reads::requests, site.options.limits.header_bytes),
      slot_(site.slots, *this, std::move(origin.network)),
      share_(site.memory),
      writer_(wire_, site.date, site.options.limits.write) {}

asio::awaitable<void> Connection::serve() {
    std::string failure;
    try {
        co_await wire_.open(limits().header);
        co_await answer_all();
    } catch (const TimedOut&) {
        // Idle for long enough, or an answer that nobody fetches.
    } catch (const std::system_error&) {
        // Lost, or told to end.
    } catch (const std::exception& error) {
        failure = error.what();
    }
    wire_.close();
    if (!failure.empty() && site_.options.failed) site_.options.failed(failure);
}

asio::awaitable<void> Connection::answer_all() {
    bool more = co_await wait_for_request();
    if (!more) co_return;
    while (more) {
        more = co_await exchange();
        if (!more) break;
        more = co_await wait_for_request();
    }
    slot_.now(ConnectionSlots::Activity::receiving);
    co_await wire_.linger(linger_limit);
}

asio::awaitable<bool> Connection::wait_for_request() {
    parser_.begin();
    wire_.shrink();
    WaitBudget patience(limits().idle);
    while (true) {
        // Some clients end a body with a line break too many (RFC 9112, section 2.2).
        while (wire_.bytes().starts_with("\r\n")) wire_.consume(2);
        if (!wire_.bytes().empty() && wire_.bytes() != "\r") co_return true;
        if (site_.draining || slot_.is_lost()) co_return false;
        idle_ = true;
        slot_.now(ConnectionSlots::Activity::idle);
        const bool came = co_await wire_.fill(head_read, patience);
        idle_ = false;
        if (!came) co_return false;
    }
}

void Connection::stop_idling() {
    if (std::exchange(idle_, false)) wire_.stop();
}

asio::awaitable<bool> Connection::exchange() {
    slot_.now(ConnectionSlots::Activity::receiving);
    Answer ready = co_await answer();
    bool in_step = !broken_ && parser_.is_done();
    if (!in_step) in_step = co_await skip_rest();
    const Head& head = parser_.head();
    AnswerWriter::Frame frame;
    frame.with_body = has_body(ready.response.status, is_head_);
    frame.is_1_1 = head.is_1_1;
    frame.keep_alive = in_step && head.keep_alive && !site_.draining && !slot_.is_lost() &&
                       (ready.length || head.is_1_1 || !frame.with_body);
    slot_.now(ConnectionSlots::Activity::answering);
    co_await writer_.write(std::move(ready), frame);
    share_.release();
    co_return frame.keep_alive;
}

asio::awaitable<Answer> Connection::answer() {
    unsigned status = 500;
    std::string reason = "an error of the server; its log has more";
    std::string failure;
    try {
        Answer answer = co_await ask_handler();
        co_return answer;
    } catch (const MessageError& error) {
        status = error.status();
        reason = error.what();
    } catch (const std::system_error& error) {
        const bool cancelled = error.code() == asio::error::operation_aborted;
        if (wire_.is_lost() || cancelled) throw;
        failure = error.what();
    } catch (const std::exception& error) {
        failure = error.what();
    }
    if (!failure.empty() && site_.options.failed) site_.options.failed(failure);
    co_return refusal(status, reason);
}

asio::awaitable<Answer> Connection::ask_handler() {
    is_head_ = false;
    begin_head();
    if (!parser_.has_head()) co_await read_head();
    check_head();
    broken_ = false;
    Request request = make_request();
    const bool takes_gzip = accepts(request.headers.get("Accept-Encoding"), "gzip");
    if (!slot_.is_known() && site_.handler.knows(request)) slot_.recognize();
    if (parser_.is_done()) slot_.now(ConnectionSlots::Activity::answering);
    Response response = co_await site_.handler.answer(std::move(request));
    if (response.status == 503 && !response.headers.has("Retry-After"))
        response.headers.add("Retry-After", "1");
    hold(response.body);
    pack(response, takes_gzip, share_);
    const bool with_body = has_body(response.status, is_head_);
    Answer answer(std::move(response), with_body);
    if (answer.is_to_begin()) answer.first = co_await answer.response.body.next();
    co_return answer;
}

void Connection::begin_head() {
    broken_ = true;
    awaits_continue_ = false;
    wire_.consume(parser_.put(wire_.bytes()));
}

asio::awaitable<void> Connection::read_head() {
    WaitBudget patience(limits().header);
    while (!parser_.has_head()) {
        const bool more = co_await wire_.fill(head_read, patience);
        if (!more) parser_.put_end();
        wire_.consume(parser_.put(wire_.bytes()));
    }
}

void Connection::check_head() {
    const Head& head = parser_.head();
    is_head_ = head.method == "HEAD";
    body_bytes_ = 0;
    body_patience_ = WaitBudget(limits().body, body_read);
    if (head.length && *head.length > limits().body_bytes)
        throw MessageError(413, fmt::format("a body has at most {} bytes", limits().body_bytes));
    const auto expects = head.headers.get("Expect");
    if (expects.empty()) return;
    if (!same_token(expects, "100-continue"))
        throw MessageError(417, "the only expectation that is met is '100-continue'");
    awaits_continue_ = head.is_1_1 && !parser_.is_done();
}

Request Connection::make_request() {
    Head& head = parser_.head();
    Request request;
    request.method = std::move(head.method);
    request.target = std::move(head.target);
    request.headers = std::move(head.headers);
    request.peer = client_behind(peer_, request.headers, site_.options.trusted_proxies);
    if (parser_.is_done()) return request;
    const std::string coding(request.headers.get("Content-Encoding"));
    const bool packed = same_token(coding, "gzip") || same_token(coding, "x-gzip");
    if (!packed && !coding.empty() && !same_token(coding, "identity"))
        throw MessageError(415, fmt::format("bodies may be packed by gzip, not by '{}'", coding));
    const auto length = packed ? std::nullopt : head.length;
    request.body = Body(std::make_unique<RequestBody>(*this, length));
    if (packed) request.body = Body(gunzip(std::move(request.body), limits().body_bytes));
    return request;
}

asio::awaitable<std::string> Connection::next_piece() {
    broken_ = true;
    if (std::exchange(awaits_continue_, false))
        co_await wire_.write("HTTP/1.1 100 Continue\r\n\r\n", {}, {}, limits().write);
    std::string piece;
    co_await find_piece(piece);
    count(piece.size());
    broken_ = false;
    co_return piece;
}

asio::awaitable<void> Connection::find_piece(std::string& piece) {
    while (!parser_.is_done()) {
        wire_.consume(parser_.put(wire_.bytes()));
        piece = parser_.take_body();
        if (!piece.empty() || parser_.is_done()) co_return;
        const bool more = co_await wire_.fill(body_read, body_patience_);
        if (!more) parser_.put_end();
    }
}

void Connection::count(std::size_t bytes) {
    body_bytes_ += bytes;
    if (body_bytes_ > limits().body_bytes)
        throw MessageError(413, fmt::format("a body has at most {} bytes", limits().body_bytes));
}

void Connection::keep(std::size_t bytes) {
    if (!share_.take(bytes))
        throw MessageError(503, "too many large requests are under way; send it again soon");
}

/// Refuses a large answer rather than to be out of memory once others fetch theirs slowly.
void Connection::hold(const Body& body) {
    const auto bytes = body.held() + (body.is_stream() ? stream_bytes : 0);
    if (bytes <= least_to_refuse) return share_.add(bytes);
    if (!share_.take(bytes))
        throw MessageError(503, "too many large answers are being fetched; ask again soon");
}

asio::awaitable<bool> Connection::skip_rest() {
    if (broken_ || awaits_continue_) co_return false;
    const auto length = parser_.head().length;
    if (length && *length - body_bytes_ > most_to_skip) co_return false;
    const auto end = body_bytes_ + most_to_skip;
    try {
        while (!parser_.is_done() && body_bytes_ < end) {
            const std::string ignored = co_await next_piece();
        }
    } catch (const MessageError&) {
        // What the request asked for has been decided; only the connection is no longer in step.
    }
    co_return parser_.is_done() && !broken_;
}

Answer Connection::refusal(unsigned status, const std::string& reason) {
    Response response;
    if (site_.options.refusal) {
        response = site_.options.refusal(status, reason);
    } else {
        response.status = status;
        response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
        response.body = Body(reason + "\n");
    }
    if (status == 503) response.headers.set("Retry-After", "1");
    return {std::move(response), !is_head_};
}

}  // namespace trommel::http
