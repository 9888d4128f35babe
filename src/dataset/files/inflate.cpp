#include "inflate.hpp"

#include "trommel/core/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace trommel::dataset {
namespace {

constexpr std::size_t inflate_bytes = std::size_t{256} << 10;

/// A file without a name that can be written.
class Draft {
public:
    explicit Draft(const std::string& of) : of_(of) {
        const auto folder = std::filesystem::temp_directory_path();
        descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (descriptor_ < 0) fail(fmt::format("no file in {}", folder.string()), errno);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    void append(const unsigned char* bytes, std::size_t count) {
        while (count > 0) {
            const auto written = ::write(descriptor_, bytes, count);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail("the temporary file cannot be written", errno);
            bytes += written;
            count -= static_cast<std::size_t>(written);
        }
    }

    MappedFile mapped() { return MappedFile::of_descriptor(std::exchange(descriptor_, -1), of_); }

private:
    [[noreturn]] void fail(const std::string& what, int error) const {
        throw DataError(fmt::format(
            "{}: cannot be unpacked: {}: {}", of_, what, std::generic_category().message(error)));
    }

    std::string of_;
    int descriptor_ = -1;
};

/// A stream of raw deflate data.
class Inflater {
public:
    Inflater() {
        if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw Error("zlib cannot be started");
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream_); }

    /// Unpacks some of `packed`, which it shortens, to `out`; returns how many bytes, nothing where
    /// the data are damaged.
    std::optional<std::size_t> next(std::span<const std::byte>& packed,
                                    std::span<unsigned char> out) {
        const auto given = std::min<std::size_t>(packed.size(), inflate_bytes);
        stream_.next_in = reinterpret_cast<const unsigned char*>(packed.data());
        stream_.avail_in = static_cast<unsigned>(given);
        stream_.next_out = out.data();
        stream_.avail_out = static_cast<unsigned>(out.size());
        const int status = inflate(&stream_, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END) return std::nullopt;
        packed = packed.subspan(given - stream_.avail_in);
        ended_ = status == Z_STREAM_END;
        return out.size() - stream_.avail_out;
    }

    bool ended() const { return ended_; }

private:
    z_stream stream_{};
    bool ended_ = false;
};

}  // namespace

MappedFile inflate_to_file(std::span<const std::byte> packed,
                           const Unpacked& expected,
                           const std::string& name) {
    Draft draft(name);
    Inflater inflater;
    std::vector<unsigned char> out(inflate_bytes);
    std::uint64_t bytes = 0;
    uLong crc = crc32(0, nullptr, 0);
    while (!inflater.ended()) {
        const auto count = inflater.next(packed, out);
        if (!count || (bytes += *count) > expected.bytes)
            throw DataError(fmt::format("{}: the compressed data are damaged", name));
        crc = crc32(crc, out.data(), static_cast<unsigned>(*count));
        draft.append(out.data(), *count);
    }
    if (bytes != expected.bytes || crc != expected.crc)
        throw DataError(fmt::format("{}: the compressed data are damaged (CRC)", name));
    return draft.mapped();
}

}  // namespace trommel::dataset
