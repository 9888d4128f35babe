// Lookup: what the parameters of a path mean, or the error that Lightly has for what is not
// there.
#pragma once

#include "server/routing/route.hpp"
#include "server/routing/services.hpp"

#include <asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace trommel::server {

/// The dataset of the path; 404 DATASET_UNKNOWN.
asio::awaitable<Dataset> known_dataset(Call& call);
/// A tag of the path's dataset; 404 with `code`.
asio::awaitable<Tag> known_tag(Call& call, TagId id, const char* code = "TAG_UNKNOWN");
/// The tag of the path; 404.
asio::awaitable<Tag> known_tag(Call& call);
/// The index and the name of the path's sample; 404 SAMPLE_UNKNOWN.
struct KnownSample {
    SampleIndex index = 0;
    std::string name{};
};
asio::awaitable<KnownSample> known_sample(Call& call);

/// Embeddings of the path's dataset that are there.
asio::awaitable<std::optional<Embedding>> find_embedding(Call& call, EmbeddingId id);

/// Embeddings of the path's dataset; 404 EMBEDDING_UNKNOWN, 422 EMBEDDING_NOT_READY while they are
/// yet to be uploaded.
asio::awaitable<Embedding> known_embedding(Call& call, EmbeddingId id);

/// Notes that something of the dataset has changed.
asio::awaitable<void> touch(Call& call, DatasetId dataset);

/// Where clients reach this server: as the configuration has it, or as this one did.
std::string base_url(const Call& call);

/// A signed URL for this method and path, which begins with a slash.
std::string signed_url(const Call& call, std::string_view method, std::string_view path);

/// The path by which the file of a sample is put and got; `kind` is full or thumbnail.
std::string sample_file_path(const DatasetId& dataset,
                             std::string_view sample_id,
                             std::string_view kind);

/// `pageSize` and `pageOffset`.
std::vector<QueryParameter> paged(std::vector<QueryParameter> more = {});

}  // namespace trommel::server
