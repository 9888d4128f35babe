#include "server/kept/files.hpp"

#include "server/access/secret.hpp"
#include "server/kept/beneath.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/no_space.hpp"
#include "trommel/http/message_error.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace trommel::server {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_part = 255;   // bytes of a file name (ext4, XFS)
constexpr std::size_t longest_path = 3500;  // of PATH_MAX 4096, leaving some to the folder
constexpr std::size_t piece_bytes = 1 << 18;

using Draft = std::shared_ptr<GrowingFile>;

Draft open_draft(const fs::path& file) { return std::make_shared<GrowingFile>(file); }

void append(const Draft& draft, const std::string& piece) { draft->append(piece); }

void sync(const Draft& draft) { draft->sync(); }

void remove_file(const fs::path& file) {
    std::error_code ignored;
    fs::remove(file, ignored);
}

/// With those above it; all of them survive a power failure.
void make_folders(const fs::path& folder, std::error_code& error) {
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) return;
    make_folders(folder.parent_path(), error);
    if (!error) fs::create_directory(folder, error);
    if (!error) sync_folder(folder.parent_path());
}

void remove_folders(const fs::path& folder, const std::string& dataset) {
    std::error_code ignored;
    for (const auto* kind : {"images", "thumbnails"})
        fs::remove_all(folder / kind / dataset, ignored);
}

/// `images`, `thumbnails` and the like may be the operator's links; what is in them may not.
PathBelow place_of(const fs::path& folder, const fs::path& file) {
    const auto below = file.lexically_relative(folder);
    const auto kind = *below.begin();
    return {.base = folder / kind, .below = below.lexically_relative(kind)};
}

std::uint64_t size_of(const Descriptor& file) {
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return 0;
    return static_cast<std::uint64_t>(status.st_size);
}

std::uint64_t size_at(const PathBelow& place) { return size_of(open_beneath(place)); }

using Stream = std::shared_ptr<const Descriptor>;

std::pair<Stream, std::uint64_t> open_file(const PathBelow& place) {
    auto file = open_beneath(place);
    if (!file) return {nullptr, 0};
    const auto size = size_of(file);
    return {std::make_shared<const Descriptor>(std::move(file)), size};
}

/// Empty at the end, and where the file can be read no further: its length then is not that which
/// was announced, and the answer is cut off.
std::string read_piece(const Stream& stream) {
    std::string piece(piece_bytes, '\0');
    auto count = ::read(stream->get(), piece.data(), piece.size());
    while (count < 0 && errno == EINTR) count = ::read(stream->get(), piece.data(), piece.size());
    piece.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return piece;
}

[[noreturn]] void refuse_name(int error) {
    if (is_no_space(error))
        throw NoSpaceError(fmt::format("the file cannot be kept: {}; free some space",
                                       std::generic_category().message(error)));
    throw ApiError(422,
                   "CREATION_FAILED",
                   fmt::format("the file cannot be kept under this name: {}",
                               std::generic_category().message(error)));
}

void move_to(const fs::path& draft, const PathBelow& place) {
    if (const int error = move_beneath(draft, place); error != 0) {
        remove_file(draft);
        refuse_name(error);
    }
}

class FileSource final : public http::BodySource {
public:
    FileSource(Stream stream, std::uint64_t size, IoPool& io)
        : stream_(std::move(stream)), size_(size), io_(io) {}

    asio::awaitable<std::string> next() override {
        std::string piece = co_await on_io(io_, read_piece, stream_);
        co_return piece;
    }
    std::optional<std::uint64_t> length() const override { return size_; }

private:
    Stream stream_;
    std::uint64_t size_;
    IoPool& io_;
};

bool is_safe_part(std::string_view part) {
    return !part.empty() && part != "." && part != ".." && part.size() <= longest_part;
}

bool is_safe(std::string_view name) {
    if (name.empty() || name.size() > longest_path || name.find('\0') != std::string_view::npos)
        return false;
    while (true) {
        const auto slash = name.find('/');
        if (!is_safe_part(name.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        name.remove_prefix(slash + 1);
    }
}

}  // namespace

Files::Files(fs::path folder, IoPool& io) : folder_(std::move(folder)), io_(io) {
    fs::remove_all(folder_ / "drafts");
    for (const auto* kind : {"drafts", "images", "thumbnails", "embeddings"})
        make_folder(folder_ / kind);
}

fs::path Files::image(const DatasetId& dataset, std::string_view file_name) const {
    if (!is_safe(file_name))
        throw ApiError(
            422,
            "MALFORMED_REQUEST",
            "the sample's name is not a name of a file within a folder, so its image cannot "
            "be kept here; take names without '..', '//' or a slash at either end");
    return folder_ / "images" / dataset.text() / file_name;
}

fs::path Files::thumbnail(const DatasetId& dataset, std::string_view sample_id) const {
    return folder_ / "thumbnails" / dataset.text() / sample_id;
}

fs::path Files::embedding(const EmbeddingId& id) const {
    return folder_ / "embeddings" / (id.text() + ".csv");
}

asio::awaitable<fs::path> Files::receive(http::Body& body, std::uint64_t limit, Check check) {
    const fs::path file = folder_ / "drafts" / random_hex(16);
    std::exception_ptr failure;
    try {
        const Draft draft = co_await on_io(io_, open_draft, file);
        while (true) {
            std::string piece = co_await body.next();
            if (piece.empty()) break;
            if (draft->size() + piece.size() > limit)
                throw http::MessageError(413,
                                         fmt::format("the file is larger than {} bytes", limit));
            if (check) check(piece);
            co_await on_io(io_, append, draft, std::move(piece));
        }
        co_await on_io(io_, sync, draft);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        remove_file(file);
        std::rethrow_exception(failure);
    }
    co_return file;
}

void Files::move_into_place(const fs::path& draft, const fs::path& file) {
    std::error_code error;
    make_folders(file.parent_path(), error);
    if (!error) fs::rename(draft, file, error);
    if (!error) return sync_folder(file.parent_path());
    remove_file(draft);
    refuse_name(error.value());
}

asio::awaitable<void> Files::put_in_place(fs::path draft, fs::path file) {
    co_await on_io(io_, move_to, std::move(draft), place_of(folder_, file));
}

asio::awaitable<void> Files::remove(fs::path file) {
    co_await on_io(io_, remove_file, std::move(file));
}

asio::awaitable<std::optional<http::Body>> Files::send(fs::path file) {
    auto [stream, size] = co_await on_io(io_, open_file, place_of(folder_, file));
    if (!stream) co_return std::nullopt;
    co_return http::Body(std::make_unique<FileSource>(std::move(stream), size, io_));
}

asio::awaitable<std::uint64_t> Files::size(fs::path file) {
    const std::uint64_t bytes = co_await on_io(io_, size_at, place_of(folder_, file));
    co_return bytes;
}

asio::awaitable<void> Files::remove_dataset(DatasetId dataset) {
    co_await on_io(io_, remove_folders, folder_, dataset.text());
}

std::string media_type(std::string_view file_name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> known{
        {{".jpg", "image/jpeg"},
         {".jpeg", "image/jpeg"},
         {".png", "image/png"},
         {".webp", "image/webp"},
         {".gif", "image/gif"},
         {".bmp", "image/bmp"},
         {".tif", "image/tiff"},
         {".tiff", "image/tiff"},
         {".csv", "text/csv"}}};
    for (const auto& [stop_reason, type] : known)
        if (file_name.ends_with(stop_reason)) return std::string(type);
    return "application/octet-stream";
}

}  // namespace trommel::server
