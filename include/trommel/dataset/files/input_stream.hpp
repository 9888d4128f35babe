#pragma once

#include <filesystem>
#include <istream>
#include <memory>

namespace trommel::dataset {

/// The content of a file or pipe as it was before it was compressed: gzip (RFC 1952, also several
/// members after one another) and zstd (RFC 8878) are told by their first bytes. Reads in memory
/// that does not depend on the file's size, but for zstd's window, at most 128 MiB.
///
/// Throws DataError if the file cannot be opened; reading throws it where the compressed data are
/// damaged or cut off. A pipe is read as it is.
std::unique_ptr<std::istream> open_input(const std::filesystem::path& path);

}  // namespace trommel::dataset
