// gzip (RFC 1952): bodies packed and unpacked as they stream.
#pragma once

#include "trommel/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace trommel::http {

/// What packing takes beside the body: zlib's state and a step of output.
constexpr std::size_t gzip_bytes = std::size_t{448} * 1024;

/// `plain` packed, at the fastest level: an answer is packed while others wait for the loop.
std::unique_ptr<BodySource> gzip(Body plain);

/// `packed` unpacked, of one member or of several. A body that is broken or ends early is a
/// MessageError (400), one that unpacks to more than `limit` bytes another (413).
std::unique_ptr<BodySource> gunzip(Body packed, std::uint64_t limit);

}  // namespace trommel::http
