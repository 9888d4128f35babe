#include "http/parser.hpp"

#include "http/head_lines.hpp"
#include "http/token.hpp"
#include "trommel/http/message_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel::http {
namespace {

/// More fields than these are not message's but that of somebody who wants memory: each takes 64
/// bytes beside its text.
constexpr std::size_t most_fields = 256;
constexpr std::size_t longest_chunk_line = std::size_t{4} * 1024;

}  // namespace

void Parser::begin(bool bodyless) {
    bodyless_ = bodyless;
    begun_ = false;
    part_ = State::first_line;
    head_ = {};
    body_.clear();
    line_bytes_ = extension_bytes_ = fields_ = searched_ = 0;
}

std::size_t Parser::put(std::string_view bytes) {
    if (!bytes.empty()) begun_ = true;
    const bool in_head = !has_head();
    std::size_t taken = 0;
    while (!is_done() && in_head != has_head()) {
        const auto count = put_part(bytes.substr(taken));
        if (count == 0) break;
        taken += count;
    }
    return taken;
}

std::size_t Parser::put_part(std::string_view bytes) {
    if (bytes.empty()) return 0;
    switch (part_) {
        case State::sized_body:
        case State::endless_body:
        case State::chunk:
            return put_body(bytes);
        case State::chunk_end:
            return put_chunk_end(bytes);
        default:
            return put_line(bytes);
    }
}

std::size_t Parser::put_body(std::string_view bytes) {
    if (part_ != State::endless_body && bytes.size() > left_) bytes = bytes.substr(0, left_);
    body_ += bytes;
    if (part_ == State::endless_body) return bytes.size();
    left_ -= bytes.size();
    if (left_ == 0) part_ = part_ == State::chunk ? State::chunk_end : State::done;
    return bytes.size();
}

std::size_t Parser::put_chunk_end(std::string_view bytes) {
    constexpr std::string_view end = "\r\n";
    if (bytes.substr(0, 2) != end.substr(0, bytes.size()))
        throw MessageError(400, "a chunk is longer than it says");
    if (bytes.size() < 2) return 0;
    part_ = State::chunk_line;
    return 2;
}

std::size_t Parser::put_line(std::string_view bytes) {
    if (part_ == State::first_line && !is_token_char(bytes[0]))
        throw MessageError(400, "this is not HTTP: it does not begin with a word");
    const auto end = bytes.find('\n', searched_);
    const bool is_whole = end != std::string_view::npos;
    const auto size = is_whole ? end + 1 : bytes.size();
    check_room(size);
    searched_ = is_whole ? 0 : size;
    if (!is_whole) return 0;
    if (end == 0 || bytes[end - 1] != '\r')
        throw MessageError(400, "a line ends by a line feed alone, without a carriage return");
    line_bytes_ += size;
    read_line(bytes.substr(0, end - 1));
    return size;
}

void Parser::check_room(std::size_t line_bytes) const {
    if (part_ == State::chunk_line) {
        if (line_bytes > longest_chunk_line) throw MessageError(400, "a chunk's line is too long");
        return;
    }
    if (line_bytes_ + line_bytes <= head_limit_) return;
    if (part_ == State::trailer) throw MessageError(400, "the trailer is too long");
    throw MessageError(431, fmt::format("the head is larger than {} bytes", head_limit_));
}

void Parser::read_line(std::string_view line) {
    switch (part_) {
        case State::first_line:
            return read_first_line(line);
        case State::chunk_line:
            return begin_chunk(line);
        default:
            break;
    }
    if (!line.empty()) return add_field(line);
    if (part_ == State::fields) return end_head();
    part_ = State::done;
}

void Parser::read_first_line(std::string_view line) {
    if (reads_ == Reads::requests)
        read_request_line(line, head_);
    else
        read_status_line(line, head_);
    part_ = State::fields;
}

void Parser::add_field(std::string_view line) {
    auto field = read_field(line);
    if (++fields_ > most_fields)
        throw MessageError(431, fmt::format("there are more than {} fields", most_fields));
    // What decided about the body has been decided before its end: a trailer changes nothing.
    if (part_ == State::trailer) return check_trailer_field(field);
    head_.headers.add(std::move(field.name), std::move(field.value));
}

void Parser::end_head() {
    const auto framing =
        reads_ == Reads::requests ? frame_request(head_) : frame_response(head_, bodyless_);
    left_ = head_.length.value_or(0);
    line_bytes_ = 0;
    switch (framing) {
        case Framing::none:
            part_ = State::done;
            break;
        case Framing::sized:
            part_ = left_ == 0 ? State::done : State::sized_body;
            break;
        case Framing::chunked:
            part_ = State::chunk_line;
            break;
        case Framing::until_end:
            part_ = State::endless_body;
            break;
    }
}

void Parser::begin_chunk(std::string_view line) {
    left_ = read_chunk_line(line);
    const auto digits = std::min(line.find(';'), line.size());
    extension_bytes_ += line.size() - digits;
    if (extension_bytes_ > head_limit_)
        throw MessageError(400, "the chunks' extensions are too long");
    line_bytes_ = 0;
    part_ = left_ == 0 ? State::trailer : State::chunk;
}

void Parser::put_end() {
    if (part_ == State::endless_body) part_ = State::done;
    if (!is_done()) throw MessageError(400, "the message ended in the middle");
}

std::string Parser::take_body() { return std::exchange(body_, {}); }

}  // namespace trommel::http
