// Zip archives, as far as numpy writes them: members stored or deflated, of any size.
// PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 6.3.10.
#pragma once

#include "trommel/dataset/files/mapped_file.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

struct ZipEntry {
    std::string name{};
    std::uint16_t flags = 0;
    std::uint16_t method = 0;  ///< 0 stored, 8 deflated
    std::uint32_t crc = 0;
    std::uint64_t compressed_bytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t header_at = 0;  ///< of the member's own header in the file
};

/// What a member holds: all of `bytes`, a part of `file`.
struct ZipContent {
    MappedFile file;
    std::span<const std::byte> bytes;
};

/// An archive's directory. Every error is a DataError with the file and, where there is one, the
/// member.
class ZipArchive {
public:
    explicit ZipArchive(MappedFile file);

    const std::vector<ZipEntry>& entries() const { return entries_; }

    /// Null if there is none of this name.
    const ZipEntry* find(std::string_view name) const;

    /// A stored member where it lies; a deflated one unpacked to a temporary file without a name,
    /// and checked against its CRC.
    ZipContent open(const ZipEntry& entry) const;

private:
    [[noreturn]] void fail(std::string_view what) const;
    std::span<const std::byte> part(std::uint64_t at, std::uint64_t bytes) const;
    void read_directory(std::uint64_t at, std::uint64_t bytes, std::uint64_t count);
    std::size_t read_entry(std::span<const std::byte> rest);

    MappedFile file_;
    std::vector<ZipEntry> entries_;
};

}  // namespace trommel::dataset
