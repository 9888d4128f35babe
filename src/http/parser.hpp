// Parser: finds the messages in a connection's bytes.
#pragma once

#include "http/framing.hpp"
#include "http/head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trommel::http {

/// Reads one message after another, by the grammar of RFC 9112 alone: whatever two readers could
/// take for different messages is refused, of requests and of responses. Every refusal is a
/// MessageError with the status for the sender.
class Parser {
public:
    enum class Reads { requests, responses };

    /// A head, a trailer, and the extensions of all chunks together may each have this many bytes.
    Parser(Reads reads, std::size_t head_limit) : reads_(reads), head_limit_(head_limit) {}

    /// Expects a new message; the response to a HEAD request has no body whatever its head says.
    void begin(bool bodyless = false);

    /// Takes bytes from the front of `bytes`, which begin where the last call stopped, and returns
    /// how many; up to the end of the head, or to the end of the message. May take none: then it
    /// needs more.
    std::size_t put(std::string_view bytes);
    /// There will be no more bytes.
    void put_end();

    bool has_begun() const { return begun_; }
    bool has_head() const { return part_ > State::fields; }
    bool is_done() const { return part_ == State::done; }
    /// Once it is whole; may be moved from.
    Head& head() { return head_; }
    /// What has been found of the body since the last call.
    std::string take_body();

private:
    enum class State {
        first_line,
        fields,
        sized_body,
        endless_body,
        chunk_line,
        chunk,
        chunk_end,
        trailer,
        done,
    };

    std::size_t put_part(std::string_view bytes);
    std::size_t put_body(std::string_view bytes);
    std::size_t put_chunk_end(std::string_view bytes);
    std::size_t put_line(std::string_view bytes);
    void check_room(std::size_t line_bytes) const;
    void read_line(std::string_view line);
    void read_first_line(std::string_view line);
    void add_field(std::string_view line);
    void end_head();
    void begin_chunk(std::string_view line);

    Reads reads_;
    std::size_t head_limit_;
    bool bodyless_ = false;
    bool begun_ = false;
    State part_ = State::first_line;
    Head head_{};
    std::string body_{};
    std::uint64_t left_ = 0;           ///< bytes of the body or the chunk that are to come
    std::size_t line_bytes_ = 0;       ///< of the head or the trailer so far
    std::size_t extension_bytes_ = 0;  ///< of chunks' lines so far
    std::size_t fields_ = 0;           ///< of head and trailer
    std::size_t searched_ = 0;         ///< bytes that hold no end of a line
};

}  // namespace trommel::http
