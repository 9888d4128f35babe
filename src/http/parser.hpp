// Parser: finds the messages in a connection's bytes. The only file but parser.cpp that stands
// near Beast, whose parser takes buffers and knows no sockets.
#pragma once

#include "trommel/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace trommel::http {

/// What stands before a body.
struct Head {
    std::string method{};  ///< of a request
    std::string target{};  ///< of a request: path and query
    unsigned status = 0;   ///< of a response
    Headers headers{};
    std::optional<std::uint64_t> length{};  ///< of the body, as announced
    bool is_1_1 = true;                     ///< else HTTP/1.0
    bool keep_alive = true;                 ///< whether another message may follow
};

/// Reads one message after another, strictly: whatever two readers could take for different
/// messages is refused (RFC 9112, sections 6.3 and 11.2: both lengths, several lengths, an unknown
/// transfer coding). Every refusal is a MessageError with the status for the sender.
class Parser {
public:
    enum class Reads { requests, responses };

    /// A head, a chunk's line and the trailer may each have this many bytes.
    Parser(Reads reads, std::size_t head_limit);
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser();

    /// Expects a new message; the response to a HEAD request has no body whatever its head says.
    void begin(bool bodyless = false);

    /// Takes bytes from the front of `bytes`, which begin where the last call stopped, and returns
    /// how many; up to the end of the head, or to the end of the message. May take none: then it
    /// needs more.
    std::size_t put(std::string_view bytes);
    /// There will be no more bytes.
    void put_end();

    bool has_begun() const;
    bool has_head() const;
    bool is_done() const;
    /// Once it is whole; may be moved from.
    Head& head();
    /// What has been found of the body since the last call.
    std::string take_body();

private:
    class Codec;
    template <bool is_request>
    class CodecOf;

    bool is_too_short(std::string_view bytes) const;

    Reads reads_;
    std::size_t head_limit_;
    std::size_t head_bytes_ = 0;
    std::unique_ptr<Codec> codec_;
};

}  // namespace trommel::http
