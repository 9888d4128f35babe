// Messages on their way out: a head, and a body in chunks or as it is.
#pragma once

#include "http/wire.hpp"
#include "trommel/http/message.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace trommel::http {

/// None: not known before its end.
std::optional<std::uint64_t> length_of(Body& body);

struct Outgoing {
    /// In chunks if the length is not known and the other side `takes_chunks`.
    Outgoing(Body& out, std::optional<std::uint64_t> bytes, bool takes_chunks)
        : body(out), length(bytes), in_chunks(!bytes && takes_chunks) {}

    std::string head{};   ///< with the empty line that ends it
    std::string first{};  ///< of the body, if it was read already
    Body& body;
    std::optional<std::uint64_t> length;
    bool in_chunks;
    /// Stop as soon as the other side says something: a server that does not want it.
    bool until_heard = false;
};

/// Whether all was written: else something was heard. `message` outlives it and is used up. Throws
/// what the body's source throws, and Error if its bytes are not as many as it said: the connection
/// has then to be cut off, so that the other side can tell. `limit` is for each 256 KiB.
asio::awaitable<bool> write_message(Wire& wire, Outgoing& message, WaitBudget::Duration limit);

}  // namespace trommel::http
