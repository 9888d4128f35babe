#include "trommel/dataset/files/tar.hpp"

#include "trommel/core/error.hpp"
#include "trommel/dataset/files/input_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace trommel::dataset {
namespace {

constexpr std::size_t block = 512;
constexpr std::uint64_t largest_member = std::uint64_t{64} << 20;

/// A field of text up to its NUL.
std::string_view text_of(std::string_view header, std::size_t at, std::size_t length) {
    const auto field = header.substr(at, length);
    return field.substr(0, field.find('\0'));
}

/// A number in octal digits, with blanks about it; nothing where it is none.
std::optional<std::uint64_t> octal(std::string_view field) {
    std::uint64_t value = 0;
    bool has_digits = false;
    for (const char c : field) {
        if (c == ' ' || c == '\0') {
            if (has_digits) break;
            continue;
        }
        if (c < '0' || c > '7' || value > (UINT64_MAX >> 3U)) return std::nullopt;
        value = value * 8 + static_cast<std::uint64_t>(c - '0');
        has_digits = true;
    }
    return value;
}

/// In octal, or, as GNU writes large ones, in binary with the first bit set.
std::optional<std::uint64_t> size_of(std::string_view field) {
    if ((static_cast<unsigned char>(field.front()) & 0x80U) == 0) return octal(field);
    std::uint64_t value = static_cast<unsigned char>(field.front()) & 0x7fU;
    for (const char c : field.substr(1)) {
        if (value > (UINT64_MAX >> 8U)) return std::nullopt;
        value = value << 8U | static_cast<unsigned char>(c);
    }
    return value;
}

/// The sum of the header's bytes, blanks for its own field.
std::uint64_t checksum(std::string_view header) {
    std::uint64_t sum = 8 * std::uint64_t{' '};
    for (std::size_t i = 0; i < block; ++i)
        if (i < 148 || i >= 156) sum += static_cast<unsigned char>(header[i]);
    return sum;
}

/// The path in a pax header, `<length> path=<path>` in one of its lines; empty if it has none.
std::string pax_path(std::string_view records) {
    constexpr std::string_view key = "path=";
    while (!records.empty()) {
        const auto line = records.substr(0, records.find('\n'));
        records.remove_prefix(std::min(line.size() + 1, records.size()));
        const auto blank = line.find(' ');
        if (blank != std::string_view::npos && line.substr(blank + 1).starts_with(key))
            return std::string(line.substr(blank + 1 + key.size()));
    }
    return "";
}

}  // namespace

TarReader::TarReader(const std::filesystem::path& path)
    : in_(open_input(path)), name_(path.string()) {}

void TarReader::fail(const std::string& what) const {
    throw DataError(fmt::format("{}: {}", name_, what));
}

std::string TarReader::read(std::size_t bytes) {
    std::string content(bytes, '\0');
    in_->read(content.data(), static_cast<std::streamsize>(bytes));
    if (static_cast<std::size_t>(in_->gcount()) != bytes) fail("the tar archive was cut off");
    return content;
}

/// Of any type: the file, folder or link itself, or what a header says of the one behind it.
struct TarReader::Entry {
    char type;
    TarMember member;
};

std::optional<TarReader::Entry> TarReader::next_entry() {
    const auto header = read(block);
    if (std::ranges::all_of(header, [](char c) { return c == '\0'; })) return std::nullopt;
    const auto size = size_of(std::string_view(header).substr(124, 12));
    if (octal(std::string_view(header).substr(148, 8)) != checksum(header) || !size)
        fail("is not a tar archive, or damaged");
    const auto prefix = text_of(header, 345, 155);
    const auto file = text_of(header, 0, 100);
    auto name = prefix.empty() ? std::string(file) : fmt::format("{}/{}", prefix, file);
    if (*size > largest_member) fail(fmt::format("'{}' is larger than 64 MiB", name));
    auto content = read((*size + block - 1) / block * block);
    content.resize(*size);
    return Entry{header[156], {std::move(name), std::move(content)}};
}

std::optional<TarMember> TarReader::next() {
    std::string long_name;
    while (auto entry = next_entry()) {
        auto& [type, member] = *entry;
        if (type == 'L') long_name = text_of(member.content, 0, member.content.size());  // GNU's
        if (type == 'x') long_name = pax_path(member.content);
        if (type != '0' && type != '\0') continue;
        if (!long_name.empty()) member.name = std::move(long_name);
        return std::move(member);
    }
    return std::nullopt;
}

}  // namespace trommel::dataset
