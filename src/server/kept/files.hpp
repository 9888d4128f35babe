// Files: what clients upload by signed URL, as files in one folder.
#pragma once

#include "trommel/dataset/records.hpp"
#include "trommel/http/message.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace trommel::server {

/// `images/<dataset>/<file name>`, `thumbnails/<dataset>/<sample id>`, `embeddings/<id>.csv` below
/// one folder. A file is there wholly or not at all.
class Files {
public:
    /// Makes the folder and forgets uploads that a crash cut off.
    Files(std::filesystem::path folder, IoPool& io);

    /// Throws ApiError 422 for a file name that would lead out of the dataset's folder, or that no
    /// file can have. Neither the dataset's nor the sample's id is looked into: they are known.
    std::filesystem::path image(const DatasetId& dataset, std::string_view file_name) const;
    std::filesystem::path thumbnail(const DatasetId& dataset, std::string_view sample_id) const;
    std::filesystem::path embedding(const EmbeddingId& id) const;

    /// Hears of each piece of a body before it is kept; throws to refuse all of it.
    using Check = std::function<void(std::string_view piece)>;

    /// Writes the body to a draft and returns its path. Refuses one of more than `limit` bytes with
    /// MessageError 413, and what `check` refuses. What an error leaves behind is removed.
    asio::awaitable<std::filesystem::path> receive(http::Body& body,
                                                   std::uint64_t limit,
                                                   Check check = {});
    /// Makes the draft that file, in the place of one that was there; survives a power failure.
    asio::awaitable<void> put_in_place(std::filesystem::path draft, std::filesystem::path file);
    /// The same at once, on the caller's thread.
    static void move_into_place(const std::filesystem::path& draft,
                                const std::filesystem::path& file);
    asio::awaitable<void> remove(std::filesystem::path file);

    /// The file as a stream, or nothing if there is none.
    asio::awaitable<std::optional<http::Body>> send(std::filesystem::path file);

    /// Its bytes; 0 if there is none.
    asio::awaitable<std::uint64_t> size(std::filesystem::path file);

    /// Forgets all files of the dataset.
    asio::awaitable<void> remove_dataset(DatasetId dataset);

    IoPool& io() { return io_; }

private:
    std::filesystem::path folder_;
    IoPool& io_;
};

/// What a file of this name is: `image/jpeg`; what is unknown is `application/octet-stream`.
std::string media_type(std::string_view file_name);

}  // namespace trommel::server
