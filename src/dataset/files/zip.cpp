#include "zip.hpp"

#include "inflate.hpp"
#include "little_endian.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace trommel::dataset {
namespace {

constexpr std::uint32_t end_mark = 0x06054b50;
constexpr std::uint32_t end64_locator_mark = 0x07064b50;
constexpr std::uint32_t end64_mark = 0x06064b50;
constexpr std::uint32_t entry_mark = 0x02014b50;
constexpr std::uint32_t member_mark = 0x04034b50;
constexpr std::size_t end_bytes = 22;
constexpr std::size_t entry_bytes = 46;
constexpr std::size_t member_bytes = 30;
constexpr std::size_t longest_comment = 0xffff;
constexpr std::uint32_t in_extra = 0xffffffff;  ///< the number appears in the zip64 field
constexpr std::uint16_t zip64_field = 1;
constexpr std::uint16_t is_encrypted = 1;

std::uint16_t u16(std::span<const std::byte> bytes, std::size_t at) {
    return little_endian<std::uint16_t>(bytes.subspan(at));
}
std::uint32_t u32(std::span<const std::byte> bytes, std::size_t at) {
    return little_endian<std::uint32_t>(bytes.subspan(at));
}
std::uint64_t u64(std::span<const std::byte> bytes, std::size_t at) {
    return little_endian<std::uint64_t>(bytes.subspan(at));
}

/// Where the record that ends the archive begins.
std::optional<std::size_t> find_end(std::span<const std::byte> file) {
    if (file.size() < end_bytes) return std::nullopt;
    const std::size_t last = file.size() - end_bytes;
    for (std::size_t at = last + 1; at-- > 0 && at + longest_comment >= last;)
        if (u32(file, at) == end_mark && u16(file, at + 20) == last - at) return at;
    return std::nullopt;
}

/// Replaces the numbers of `entry` that appear in the extra field. False if one is missing there.
bool read_zip64(std::span<const std::byte> extra, ZipEntry& entry) {
    std::span<const std::byte> field;
    while (extra.size() >= 4) {
        const std::size_t bytes = std::min<std::size_t>(u16(extra, 2), extra.size() - 4);
        if (u16(extra, 0) == zip64_field) field = extra.subspan(4, bytes);
        extra = extra.subspan(4 + bytes);
    }
    for (auto* number : {&entry.bytes, &entry.compressed_bytes, &entry.header_at}) {
        if (*number != in_extra) continue;
        if (field.size() < 8) return false;
        *number = u64(field, 0);
        field = field.subspan(8);
    }
    return true;
}

}  // namespace

ZipArchive::ZipArchive(MappedFile file) : file_(std::move(file)) {
    const auto bytes = file_.bytes();
    const auto end = find_end(bytes);
    if (!end) fail("is not a .npz file, or was cut off: the record that ends a zip is missing");
    std::uint64_t count = u16(bytes, *end + 10);
    std::uint64_t size = u32(bytes, *end + 12);
    std::uint64_t at = u32(bytes, *end + 16);
    if (*end >= 20 && u32(bytes, *end - 20) == end64_locator_mark) {
        const auto end64 = part(u64(bytes, *end - 12), 56);
        if (u32(end64, 0) != end64_mark) fail("the zip's directory is damaged");
        count = u64(end64, 32);
        size = u64(end64, 40);
        at = u64(end64, 48);
    }
    read_directory(at, size, count);
}

void ZipArchive::fail(std::string_view what) const {
    throw DataError(fmt::format("{}: {}", file_.name(), what));
}

std::span<const std::byte> ZipArchive::part(std::uint64_t at, std::uint64_t bytes) const {
    const auto all = file_.bytes();
    if (at > all.size() || bytes > all.size() - at)
        fail("the zip's directory points behind the end of the file: it was cut off");
    return all.subspan(at, bytes);
}

void ZipArchive::read_directory(std::uint64_t at, std::uint64_t bytes, std::uint64_t count) {
    auto rest = part(at, bytes);
    for (std::uint64_t i = 0; i < count; ++i) rest = rest.subspan(read_entry(rest));
}

/// Adds the entry at the front of `rest`; returns its bytes.
std::size_t ZipArchive::read_entry(std::span<const std::byte> rest) {
    if (rest.size() < entry_bytes || u32(rest, 0) != entry_mark)
        fail("the zip's directory is damaged");
    const std::size_t name = u16(rest, 28);
    const std::size_t extra = u16(rest, 30);
    const std::size_t whole = entry_bytes + name + extra + u16(rest, 32);
    if (whole > rest.size()) fail("the zip's directory is damaged");
    const auto text = rest.subspan(entry_bytes, name);
    ZipEntry entry{.name = std::string(reinterpret_cast<const char*>(text.data()), text.size()),
                   .flags = u16(rest, 8),
                   .method = u16(rest, 10),
                   .crc = u32(rest, 16),
                   .compressed_bytes = u32(rest, 20),
                   .bytes = u32(rest, 24),
                   .header_at = u32(rest, 42)};
    if (!read_zip64(rest.subspan(entry_bytes + name, extra), entry))
        fail("the zip's directory is damaged");
    entries_.push_back(std::move(entry));
    return whole;
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
    const auto found = std::ranges::find(entries_, name, &ZipEntry::name);
    return found == entries_.end() ? nullptr : &*found;
}

ZipContent ZipArchive::open(const ZipEntry& entry) const {
    const auto name = fmt::format("{}[{}]", file_.name(), entry.name);
    if ((entry.flags & is_encrypted) != 0) throw DataError(fmt::format("{}: is encrypted", name));
    const auto header = part(entry.header_at, member_bytes);
    if (u32(header, 0) != member_mark) fail("the zip's directory points at no member");
    const auto content = part(entry.header_at + member_bytes + u16(header, 26) + u16(header, 28),
                              entry.compressed_bytes);
    if (entry.method == 0 && entry.bytes == entry.compressed_bytes) return {file_, content};
    if (entry.method == 8) {
        const auto unpacked = inflate_to_file(content, {entry.bytes, entry.crc}, name);
        return {unpacked, unpacked.bytes()};
    }
    throw DataError(fmt::format(
        "{}: is packed by method {}; write it with numpy.savez or numpy.savez_compressed",
        name,
        entry.method));
}

}  // namespace trommel::dataset
