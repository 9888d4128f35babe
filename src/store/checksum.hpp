// Checksums of what is kept as bytes: SQLite notices a damaged page, not a changed value.
#pragma once

#include "store/sqlite_database.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace trommel::store {

/// CRC-32 as in zlib and gzip (RFC 1952).
std::int64_t checksum(Bytes bytes);

/// Throws where `bytes` are not those that the checksum was made of; rows of older formats have
/// none. `what` is what they are called: `the samples of a tag`.
void check(const Database& database,
           Bytes bytes,
           std::optional<std::int64_t> checksum,
           std::string_view what);

}  // namespace trommel::store
