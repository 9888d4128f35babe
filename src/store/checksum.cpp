#include "store/checksum.hpp"

#include <fmt/format.h>
#include <zlib.h>

namespace trommel::store {

std::int64_t checksum(Bytes bytes) {
    return static_cast<std::int64_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void check(const Database& database,
           Bytes bytes,
           std::optional<std::int64_t> expected,
           std::string_view what) {
    if (expected && checksum(bytes) != *expected)
        database.fail_damaged(fmt::format("{} have other content than was written", what));
}

}  // namespace trommel::store
