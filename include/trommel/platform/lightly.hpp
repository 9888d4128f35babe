// The platform over HTTP: Lightly's cloud, or a trommel server.
#pragma once

#include "trommel/http/client.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/retry.hpp"

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace trommel {

struct LightlyOptions {
    std::string url = "https://api.lightly.ai";  ///< http:// or https://, a host, perhaps a path
    std::string token{};
    http::ClientOptions http{};
    /// For what may pass: an unreachable or busy server. A longer Retry-After wins.
    RetryPolicy retry{
        .attempts = 8, .base = std::chrono::milliseconds(500), .max = std::chrono::seconds(30)};
    std::chrono::milliseconds deadline = std::chrono::minutes(10);  ///< no try begins later
};

/// A Platform that calls the Lightly v1 API. All calls are made on one loop, that of `executor`.
///
/// A trommel server is asked by `/v1/trommel/…` for what Lightly's API cannot say: keys of repeated
/// calls, a selection's seed and exact number of samples, picks in their order, many samples a
/// call, progress. Of Lightly itself, which has none of that:
/// - a repeated request for a selection gives a job that has ended where the new tag is there, and
///   is refused as taken where it is not the caller's by its key;
/// - a job cannot be cancelled;
/// - picks are those samples of the result that were not preselected, ascending, without scores;
/// - strategies other than random, coreset, coral and active_learning, and options of these, are
///   refused as invalid; what stopped a selection is not known;
/// - random uses Lightly's own numbers; samples are added one a call, in order;
/// - the dimensions of embeddings are not known until they are read: 0.
///
/// What fails for now is tried again until the deadline, then PlatformError::unavailable. A call
/// that may have been carried out although its answer was lost is not taken for a clash with
/// itself when it is repeated.
class LightlyPlatform final : public Platform {
public:
    /// Throws ConfigError if the URL cannot be used. `clock` outlives it.
    LightlyPlatform(asio::any_io_executor executor, LightlyOptions options, Clock& clock);
    ~LightlyPlatform() override;

    /// Throws PlatformError where the server cannot be reached or cannot answer for now.
    asio::awaitable<void> reach();
    /// For calls from now on.
    void use_token(std::string token);

    asio::awaitable<DatasetId> create_dataset(std::string name) override;
    asio::awaitable<std::optional<Dataset>> find_dataset(std::string name) override;
    asio::awaitable<Dataset> dataset(DatasetId id) override;
    asio::awaitable<std::vector<Dataset>> datasets() override;
    asio::awaitable<void> rename_dataset(DatasetId id, std::string name) override;
    asio::awaitable<void> delete_dataset(DatasetId id) override;
    asio::awaitable<void> add_samples(DatasetId dataset, std::vector<std::string> names) override;
    asio::awaitable<std::shared_ptr<const std::vector<std::string>>> mappings(
        DatasetId dataset) override;
    asio::awaitable<std::optional<SampleIndex>> find_sample(DatasetId dataset,
                                                            std::string name) override;
    asio::awaitable<std::optional<std::string>> sample_name(DatasetId dataset,
                                                            SampleIndex sample) override;

    asio::awaitable<TagId> create_initial_tag(DatasetId dataset) override;
    asio::awaitable<TagId> create_tag(DatasetId dataset, NewTag tag) override;
    asio::awaitable<Tag> tag(DatasetId dataset, TagId id) override;
    asio::awaitable<Tag> tag(TagId id) override;
    asio::awaitable<std::optional<Tag>> find_tag(DatasetId dataset, std::string name) override;
    asio::awaitable<std::vector<Tag>> tags(DatasetId dataset) override;
    asio::awaitable<void> change_tag(DatasetId dataset,
                                     TagId id,
                                     std::string name,
                                     std::optional<BitMask> mask) override;
    asio::awaitable<TagId> grow_tags(DatasetId dataset, std::string name) override;
    asio::awaitable<void> delete_tag(DatasetId dataset, TagId id) override;

    asio::awaitable<EmbeddingId> announce_embeddings(DatasetId dataset, std::string name) override;
    asio::awaitable<EmbeddingId> upload_embeddings(DatasetId dataset,
                                                   std::string name,
                                                   std::shared_ptr<const Matrix> rows,
                                                   std::optional<EmbeddingId> announced) override;
    asio::awaitable<std::vector<Embedding>> embeddings(DatasetId dataset) override;
    asio::awaitable<std::shared_ptr<const Matrix>> embedding(DatasetId dataset,
                                                             EmbeddingId id) override;
    asio::awaitable<void> delete_embedding(DatasetId dataset, EmbeddingId id) override;

    asio::awaitable<void> upload_scores(TagId tag,
                                        std::string type,
                                        std::vector<double> scores,
                                        std::string key) override;
    asio::awaitable<std::vector<Score>> scores(TagId tag) override;
    asio::awaitable<std::vector<double>> score_values(TagId tag, std::string type) override;

    asio::awaitable<JobId> sample(SamplingRequest request) override;
    asio::awaitable<JobStatus> job(JobId id) override;
    asio::awaitable<std::vector<ListedJob>> jobs() override;
    asio::awaitable<std::vector<Pick>> picks(JobId id) override;
    asio::awaitable<void> cancel_job(JobId id) override;
    asio::awaitable<void> flush() override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trommel
