// The Store over one Database. Its methods appear in one .cpp for each family of tables.
#pragma once

#include "store/sqlite_database.hpp"
#include "store/sqlite_schema.hpp"
#include "trommel/store/sqlite_store.hpp"

namespace trommel::store {

class SqliteStore final : public Store {
public:
    SqliteStore(const std::filesystem::path& path, const SqliteOptions& options);

    // sqlite_samples.cpp
    void add_dataset(const Dataset& dataset) override;
    std::optional<Dataset> dataset(const DatasetId& id) override;
    std::optional<Dataset> find_dataset(std::string_view name) override;
    std::vector<std::string> samples(const DatasetId& dataset) override;
    std::optional<SampleIndex> find_sample(const DatasetId& dataset,
                                           std::string_view name) override;
    std::optional<std::string> sample_name(const DatasetId& dataset, SampleIndex sample) override;
    std::vector<Dataset> datasets() override;
    void rename_dataset(const DatasetId& id, std::string_view name) override;

    // sqlite_removal.cpp
    void delete_dataset(const DatasetId& id) override;
    void delete_embedding(const EmbeddingId& id) override;
    bool remove_some() override;

    // sqlite_staging.cpp
    void add_samples(const DatasetId& dataset, std::span<const std::string> names) override;
    Staging begin_samples(const DatasetId& dataset) override;
    bool drop_staged(const Staging& staging) override;
    void stage_samples(Staging& staging, std::span<const std::string> names) override;
    void publish_samples(const Staging& staging) override;

    // sqlite_tags.cpp
    void add_tag(const Tag& tag) override;
    std::optional<Tag> tag(const TagId& id) override;
    std::optional<Tag> find_tag(const DatasetId& dataset, std::string_view name) override;
    std::vector<Tag> tags(const DatasetId& dataset) override;
    void change_tag(const TagId& id,
                    std::string_view name,
                    const std::optional<BitMask>& mask) override;
    void grow_tags(const TagId& initial, const Tag& added) override;
    void delete_tag(const TagId& id) override;

    // sqlite_columns.cpp
    void add_embedding(const Embedding& embedding, const Matrix& rows) override;
    std::optional<Embedding> embedding(const EmbeddingId& id) override;
    std::vector<Embedding> embeddings(const DatasetId& dataset) override;
    Matrix embedding_rows(const EmbeddingId& id) override;
    void put_scores(const Score& score,
                    std::span<const double> values,
                    std::string_view key) override;
    std::vector<Score> scores(const TagId& tag) override;
    std::optional<std::vector<double>> score_values(const TagId& tag,
                                                    std::string_view type) override;

    // sqlite_jobs.cpp
    void add_job(const Job& job) override;
    std::optional<Job> job(const JobId& id) override;
    std::optional<Job> find_job(const DatasetId& dataset, std::string_view key) override;
    std::vector<Job> jobs() override;
    std::vector<JobId> unfinished_jobs() override;
    std::vector<double> job_scores(const JobId& id) override;
    std::map<std::string, std::vector<double>> job_named_scores(const JobId& id) override;
    void mark_running(const JobId& id) override;
    void keep_picks(const JobId& id,
                    std::size_t place,
                    std::span<const selection::Pick> picks) override;
    void finish_job(const JobId& id,
                    const Tag& result,
                    std::span<const selection::Pick> picks,
                    const SelectionOutcome& outcome) override;
    void fail_job(const JobId& id, std::string_view error) override;
    std::vector<selection::Pick> picks(const JobId& id) override;

    // sqlite_store.cpp
    std::unique_ptr<Store> reader() override;
    void begin_reading() override;
    void end_reading() noexcept override;
    void flush() override;

private:
    /// The number of the row of `table` with this id; throws not_found, calling the row `what`.
    std::int64_t number_of(std::string_view table, const std::string& id);
    std::int64_t check_staging(const Staging& staging);
    void insert_samples(std::int64_t dataset, Staging& staging, std::span<const std::string> names);
    void check_tag_name_free(const DatasetId& dataset, std::string_view name);
    /// Refuses what `column`, which names a tag or embeddings, has for an unfinished job.
    void check_unread(std::string_view columns, const std::string& id, std::string_view what);
    void insert_tag(const Tag& tag);
    /// Notes the upload; false if this tag and type had one with this key before.
    bool is_first_upload(const Score& score, std::string_view key);
    std::vector<double> read_scores(std::int64_t number);
    /// Deletes replaced columns that no unfinished job reads any more.
    void drop_replaced_scores();

    Database database_;
    SyncedLog log_{database_};
};

}  // namespace trommel::store
