#include "trommel/dataset/files/input_stream.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <span>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace trommel::dataset {
namespace {

constexpr std::size_t stream_bytes = std::size_t{128} << 10;
constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";
constexpr int largest_window_log = 27;

/// What a decompressor did with some bytes.
struct Step {
    std::size_t read = 0;
    std::size_t written = 0;
    bool at_end = false;  ///< of a member or frame: the data may end here
};

class Gzip {
public:
    Gzip() {
        if (inflateInit2(&stream_, MAX_WBITS + 16) != Z_OK) throw Error("zlib cannot be started");
    }
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;
    ~Gzip() { inflateEnd(&stream_); }

    /// Throws DataError where the data are damaged.
    Step step(std::span<const char> in, std::span<char> out) {
        if (at_end_) inflateReset(&stream_);
        stream_.next_in = reinterpret_cast<const Bytef*>(in.data());
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        const int status = inflate(&stream_, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            throw DataError("the gzip data are damaged");
        at_end_ = status == Z_STREAM_END;
        return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, at_end_};
    }

private:
    z_stream stream_{};
    bool at_end_ = false;
};

class Zstd {
public:
    Zstd() : stream_(ZSTD_createDStream(), ZSTD_freeDStream) {
        if (!stream_) throw Error("zstd cannot be started");
        ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, largest_window_log);
    }

    /// Throws DataError where the data are damaged.
    Step step(std::span<const char> in, std::span<char> out) {
        ZSTD_inBuffer input{in.data(), in.size(), 0};
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        const std::size_t left = ZSTD_decompressStream(stream_.get(), &output, &input);
        if (ZSTD_isError(left) != 0)
            throw DataError(fmt::format("the zstd data are damaged: {}", ZSTD_getErrorName(left)));
        return {input.pos, output.pos, left == 0};
    }

private:
    std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
};

/// Unpacks what it reads.
template <typename Decompressor>
class Unpacking final : public std::streambuf {
public:
    Unpacking(std::unique_ptr<std::ifstream> file, std::string name)
        : file_(std::move(file)), name_(std::move(name)), in_(stream_bytes), out_(stream_bytes) {}

protected:
    int_type underflow() override {
        std::size_t written = 0;
        while (written == 0) {
            if (begin_ == end_ && !read_more()) {
                if (at_end_) return traits_type::eof();
                throw DataError(fmt::format("{}: the compressed file was cut off", name_));
            }
            written = unpack();
        }
        setg(out_.data(), out_.data(), out_.data() + written);
        return traits_type::to_int_type(out_.front());
    }

private:
    bool read_more() {
        file_->read(in_.data(), static_cast<std::streamsize>(in_.size()));
        begin_ = 0;
        end_ = static_cast<std::size_t>(file_->gcount());
        return end_ > 0;
    }

    std::size_t unpack() try {
        const auto step = decompressor_.step(std::span(in_).subspan(begin_, end_ - begin_), out_);
        begin_ += step.read;
        at_end_ = step.at_end;
        return step.written;
    } catch (const DataError& error) {
        throw DataError(fmt::format("{}: {}", name_, error.what()));
    }

    std::unique_ptr<std::ifstream> file_;
    std::string name_;
    Decompressor decompressor_;
    std::vector<char> in_;
    std::vector<char> out_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool at_end_ = false;
};

/// A stream that owns its buffer and lets its exceptions pass.
template <typename Buffer>
class OwningStream final : public std::istream {
public:
    template <typename... Args>
    explicit OwningStream(Args&&... args)
        : std::istream(nullptr), buffer_(std::forward<Args>(args)...) {
        rdbuf(&buffer_);
        exceptions(std::ios::badbit);
    }

private:
    Buffer buffer_;
};

std::unique_ptr<std::ifstream> open_file(const std::filesystem::path& path) {
    errno = 0;
    auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
    if (!file->is_open())
        throw DataError(fmt::format(
            "{}: cannot be opened: {}", path.string(), std::generic_category().message(errno)));
    return file;
}

}  // namespace

std::unique_ptr<std::istream> open_input(const std::filesystem::path& path) {
    auto file = open_file(path);
    if (!std::filesystem::is_regular_file(path)) return file;  // a pipe cannot be looked into
    std::array<char, 4> first{};
    file->read(first.data(), first.size());
    file->clear();
    file->seekg(0);
    const std::string_view magic(first.data(), first.size());
    if (magic.starts_with(gzip_magic))
        return std::make_unique<OwningStream<Unpacking<Gzip>>>(std::move(file), path.string());
    if (magic == zstd_magic)
        return std::make_unique<OwningStream<Unpacking<Zstd>>>(std::move(file), path.string());
    return file;
}

}  // namespace trommel::dataset
