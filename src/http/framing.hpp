// Framing: where a message's body ends (RFC 9112, section 6).
#pragma once

#include "http/head.hpp"

#include <cstdint>
#include <string_view>

namespace trommel::http {

enum class Framing {
    none,       ///< no body
    sized,      ///< as many bytes as the head says
    chunked,    ///< in chunks
    until_end,  ///< all until the connection ends
};

/// Sets the head's `length` and `keep_alive`, and gives its target the form of a path. Both a
/// length and chunks, several of either, another coding, a length that is not a plain number, and a
/// Host that is missing, double or no host are refused with MessageError.
Framing frame_request(Head& head);

/// The same; `bodyless` is for the response to HEAD.
Framing frame_response(Head& head, bool bodyless);

/// The size that a chunk's line says, by `chunk-size [ chunk-ext ]` (RFC 9112, section 7.1) alone.
/// Extensions are read, as a fault in them is one in the line, and change nothing.
std::uint64_t read_chunk_line(std::string_view line);

}  // namespace trommel::http
