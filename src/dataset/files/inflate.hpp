#pragma once

#include "trommel/dataset/files/mapped_file.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace trommel::dataset {

/// What a zip says about a deflated member.
struct Unpacked {
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
};

/// Unpacks raw deflate data (RFC 1951) to a temporary file that has no name and goes with its
/// mapping; it lies in the folder for temporary files. Throws DataError, with `name`, where the
/// data are damaged or not `expected`.
MappedFile inflate_to_file(std::span<const std::byte> packed,
                           const Unpacked& expected,
                           const std::string& name);

}  // namespace trommel::dataset
