// The embedded platform: everything in this process, over a Store; no server, no account.
#pragma once

#include "trommel/core/machine.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/runtime/cpu_pool.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/runtime/keyed_lock.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/store/store.hpp"

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <stop_token>
#include <utility>

namespace trommel {
namespace embedded {
class JobQueue;
}

/// A Platform over a Store.
///
/// All calls are made on one loop, that of `executor`. The store is used on a thread of its own,
/// and read on others beside; long lists are written in parts, between which other writes come.
/// Selections run on the CPU pool, at most two at a time; where more wait, the datasets take turns,
/// so that one with many jobs does not hold up the others. A job is in the store before `sample`
/// returns, and what it has chosen is brought there about once a second. Jobs that a crash or
/// `close` cut off go on from there when a platform is made over the same store, to the same picks,
/// because what they read does not change. A job of another process on the store is done here too
/// once it is asked for, in case that process has died.
///
/// `close` has to be awaited before the platform is destroyed.
class EmbeddedPlatform final : public Platform {
public:
    /// Reads the store's unfinished jobs and starts them; picks are kept every `keep_every`. The
    /// pool outlives the platform. A selection that surely takes more than `memory` bytes is
    /// refused before it starts. Throws PlatformError when the store cannot be read.
    EmbeddedPlatform(asio::any_io_executor executor,
                     std::unique_ptr<store::Store> store,
                     CpuPool& cpu,
                     std::chrono::milliseconds keep_every = std::chrono::seconds(1),
                     std::size_t memory = machine_memory());
    ~EmbeddedPlatform() override;

    /// Stops the jobs that run, keeps what they have chosen and waits for that; later calls are
    /// refused. May be called again.
    asio::awaitable<void> close();

    asio::awaitable<DatasetId> create_dataset(std::string name) override;
    asio::awaitable<std::optional<Dataset>> find_dataset(std::string name) override;
    asio::awaitable<Dataset> dataset(DatasetId id) override;
    asio::awaitable<std::vector<Dataset>> datasets() override;
    asio::awaitable<void> rename_dataset(DatasetId id, std::string name) override;
    asio::awaitable<void> delete_dataset(DatasetId id) override;
    asio::awaitable<void> add_samples(DatasetId dataset, std::vector<std::string> names) override;
    asio::awaitable<std::shared_ptr<const std::vector<std::string>>> mappings(
        DatasetId id) override;
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
    using Names = std::shared_ptr<const std::vector<std::string>>;
    using Rows = std::shared_ptr<const Matrix>;

    /// A view of the store with a thread of its own, so that reading waits for no writing.
    struct Reader {
        std::unique_ptr<store::Store> store;
        IoPool thread{1};
    };

    /// `work(store, args...)` on the store's thread; its StoreError becomes a PlatformError.
    template <typename Work, typename... Args>
    auto in_store(Work work, Args... args);
    /// The same for work that only reads, on the thread of that view.
    template <typename Work, typename... Args>
    auto in(Reader& reader, Work work, Args... args);
    void check_open() const;

    asio::awaitable<void> add_many_samples(DatasetId dataset,
                                           std::shared_ptr<const std::vector<std::string>> names);
    asio::awaitable<void> drop_all_staged(std::shared_ptr<store::Staging> staging);
    /// Removes what was deleted, a little at a time, unless that is under way.
    void start_removing();
    asio::awaitable<void> remove_deleted();

    /// Unless it is already this platform's.
    void take_on(const DatasetId& dataset, const JobId& id);
    void start_jobs();
    asio::awaitable<void> run_job(JobId id);
    asio::awaitable<void> select(JobId id);
    asio::awaitable<void> fail(JobId id, std::string error);

    asio::awaitable<Rows> rows_of(EmbeddingId id);
    /// None for none.
    asio::awaitable<Rows> rows_for(std::optional<EmbeddingId> id);
    void remember(const EmbeddingId& id, Rows rows);
    /// None if they are not in memory.
    Names known_names(const DatasetId& id);
    void remember(const DatasetId& id, Names names);

    std::unique_ptr<store::Store> store_;
    IoPool store_thread_{1};
    Reader quick_;      ///< for what takes microseconds
    Reader bulk_;       ///< for lists as long as a dataset
    KeyedLock adding_;  ///< samples to a dataset
    bool is_removing_ = false;
    CpuPool& cpu_;
    std::chrono::milliseconds keep_every_;
    std::size_t memory_;

    std::deque<std::pair<DatasetId, Names>> names_;  ///< of the last few datasets used, newest last
    std::deque<std::pair<EmbeddingId, Rows>> rows_;  ///< the last few used, newest last

    std::map<JobId, std::stop_source> mine_;  ///< that wait or run here, and what ends each
    std::unique_ptr<embedded::JobQueue> waiting_;
    std::size_t running_ = 0;
    std::map<JobId, std::string> unrecorded_failures_;  ///< which the store could not take
    bool closed_ = false;
    Nursery jobs_;
};

}  // namespace trommel
