#include "http/answer.hpp"

#include "http/gzip.hpp"
#include "http/head_text.hpp"
#include "http/message_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trommel::http {
namespace {

constexpr std::uint64_t least_to_pack = 1024;  ///< smaller ones fit into one packet as they are

/// Types that gzip makes smaller. Not event streams: packing holds events back.
bool is_packable(std::string_view type) {
    type = type.substr(0, type.find(';'));
    if (type.starts_with("text/")) return type != "text/event-stream";
    constexpr std::array<std::string_view, 4> others{
        "application/json", "application/javascript", "application/x-ndjson", "image/svg+xml"};
    return std::ranges::find(others, type) != others.end();
}

}  // namespace

const std::string& DateText::now() {
    const std::time_t time = std::time(nullptr);
    if (time != time_) text_ = http_date(time);
    time_ = time;
    return text_;
}

void pack(Response& response, bool takes_gzip, Memory::Share& share) {
    if (!is_packable(response.headers.get("Content-Type"))) return;
    if (response.headers.has("Content-Encoding")) return;
    const auto length = length_of(response.body);
    if (length && *length < least_to_pack) return;
    response.headers.add("Vary", "Accept-Encoding");
    if (!takes_gzip || !share.take(gzip_bytes)) return;
    response.headers.add("Content-Encoding", "gzip");
    response.body = Body(gzip(std::move(response.body)));
}

Answer::Answer(Response made, bool with_body)
    : response(std::move(made)),
      length(length_of(response.body)),
      to_begin_(with_body && response.body.is_stream()) {
    if (with_body && !to_begin_) first = response.body.take_text();
}

bool has_body(unsigned status, bool is_head) {
    return !is_head && status >= 200 && status != 204 && status != 304;
}

void AnswerWriter::begin_head(const Answer& answer, Frame frame) {
    head_.clear();
    const unsigned status = answer.response.status;
    append_status_line(head_, status);
    append_field(head_, "Date", date_.now());
    append_fields(head_, answer.response.headers);
    if (answer.length && has_body(status, false))
        append_field(head_, "Content-Length", *answer.length);
    else if (!answer.length && frame.is_1_1)
        append_field(head_, "Transfer-Encoding", "chunked");
    if (!frame.keep_alive)
        append_field(head_, "Connection", "close");
    else if (!frame.is_1_1)
        append_field(head_, "Connection", "keep-alive");
    head_ += "\r\n";
}

asio::awaitable<void> AnswerWriter::write(Answer answer, Frame frame) {
    begin_head(answer, frame);
    const bool is_whole = !frame.with_body || answer.length == answer.first.size();
    if (is_whole) {
        co_await wire_.write(head_, answer.first, {}, limit_);
        co_return;
    }
    Outgoing message(answer.response.body, answer.length, frame.is_1_1);
    message.head.swap(head_);
    message.first = std::move(answer.first);
    co_await write_message(wire_, message, limit_);
    head_.swap(message.head);  // its memory serves the next one
}

}  // namespace trommel::http
