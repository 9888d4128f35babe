// Store: what must survive the process. One method a use case, plain data in and out.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/selection/select.hpp"
#include "trommel/store/job.hpp"
#include "trommel/store/store_error.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::store {

/// Samples on their way into a dataset; nobody sees any before all of them are there.
struct Staging {
    DatasetId dataset{};
    std::string token{};    ///< whose they are
    std::size_t first = 0;  ///< samples that the dataset had before
    std::size_t next = 0;   ///< the index of the next one
};

/// Keeps datasets, samples, tags, embeddings, scores and sampling jobs.
///
/// Each method is one transaction: it happens wholly or, when it throws StoreError, not at all.
/// All lists are oldest first. Methods block; one thread at a time may call them. The store keeps
/// the links between its rows right; whether names and values make sense is the caller's to check.
class Store {
public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    /// Refuses a name that is taken.
    virtual void add_dataset(const Dataset& dataset) = 0;
    virtual std::optional<Dataset> dataset(const DatasetId& id) = 0;
    virtual std::optional<Dataset> find_dataset(std::string_view name) = 0;
    virtual std::vector<Dataset> datasets() = 0;
    /// Refuses a name that is taken.
    virtual void rename_dataset(const DatasetId& id, std::string_view name) = 0;
    /// With all that belongs to it, also what a server keeps of it in the same database. It is gone
    /// at once; its rows use remove_some.
    virtual void delete_dataset(const DatasetId& id) = 0;
    /// Removes some rows of what was deleted, in a moment; false once there are none.
    virtual bool remove_some() = 0;

    /// Appends in this order, passing over names that the dataset had before; refuses a name that
    /// appears twice among `names`.
    virtual void add_samples(const DatasetId& dataset, std::span<const std::string> names) = 0;
    /// The same in parts, so that other writes come between: begin, drop what a crash has left
    /// while that is true, stage parts, publish. What is not published does not count. Who begins
    /// ends what others have begun for the dataset: their next step throws `unavailable`.
    virtual Staging begin_samples(const DatasetId& dataset) = 0;
    virtual bool drop_staged(const Staging& staging) = 0;
    virtual void stage_samples(Staging& staging, std::span<const std::string> names) = 0;
    virtual void publish_samples(const Staging& staging) = 0;
    /// Names by sample index.
    virtual std::vector<std::string> samples(const DatasetId& dataset) = 0;
    virtual std::optional<SampleIndex> find_sample(const DatasetId& dataset,
                                                   std::string_view name) = 0;
    virtual std::optional<std::string> sample_name(const DatasetId& dataset,
                                                   SampleIndex sample) = 0;

    /// Refuses a name that is taken by a tag of the dataset or promised to an unfinished job.
    virtual void add_tag(const Tag& tag) = 0;
    virtual std::optional<Tag> tag(const TagId& id) = 0;
    virtual std::optional<Tag> find_tag(const DatasetId& dataset, std::string_view name) = 0;
    virtual std::vector<Tag> tags(const DatasetId& dataset) = 0;
    /// Gives the tag another name or other samples. Refuses a name that is taken, other samples of
    /// the initial tag, and other samples of a tag that an unfinished job reads.
    virtual void change_tag(const TagId& id,
                            std::string_view name,
                            const std::optional<BitMask>& mask) = 0;
    /// Lets the initial tag have all samples of the dataset, and adds `added` for those that are
    /// new to it, perhaps none; all tags then know how many samples there are. Refuses while an
    /// unfinished job reads the initial tag.
    virtual void grow_tags(const TagId& initial, const Tag& added) = 0;
    /// Its scores go with it. Refuses a tag without `previous`, a tag that another one has as its
    /// `previous`, and a tag that an unfinished job reads.
    virtual void delete_tag(const TagId& id) = 0;

    /// `rows` (embedding.rows, embedding.dimensions). Refuses a name taken in the dataset, and an
    /// id that others have.
    virtual void add_embedding(const Embedding& embedding, const Matrix& rows) = 0;
    virtual std::optional<Embedding> embedding(const EmbeddingId& id) = 0;
    virtual std::vector<Embedding> embeddings(const DatasetId& dataset) = 0;
    virtual Matrix embedding_rows(const EmbeddingId& id) = 0;
    /// Refuses embeddings that an unfinished job reads. Their rows use remove_some.
    virtual void delete_embedding(const EmbeddingId& id) = 0;

    /// Replaces the column of this tag and type. A job that was added before still reads the
    /// column as it was. Does nothing if scores of this tag and type came with this `key` before,
    /// even if others have replaced them since; an empty key is none.
    virtual void put_scores(const Score& score,
                            std::span<const double> values,
                            std::string_view key = {}) = 0;
    virtual std::vector<Score> scores(const TagId& tag) = 0;
    virtual std::optional<std::vector<double>> score_values(const TagId& tag,
                                                            std::string_view type) = 0;

    /// Adds a job, which is to wait, and promises it its new tag's name. Holds on to the scores it
    /// names. Refuses a key that another job of the dataset has.
    virtual void add_job(const Job& job) = 0;
    virtual std::optional<Job> job(const JobId& id) = 0;
    /// The job that came with this key, which is not empty.
    virtual std::optional<Job> find_job(const DatasetId& dataset, std::string_view key) = 0;
    /// Of all datasets.
    virtual std::vector<Job> jobs() = 0;
    /// Waiting and running ones.
    virtual std::vector<JobId> unfinished_jobs() = 0;
    /// The scores that the job names, as they were when it was added; empty if it names none.
    virtual std::vector<double> job_scores(const JobId& id) = 0;
    /// The same of those that its goals and thresholds name, by type.
    virtual std::map<std::string, std::vector<double>> job_named_scores(const JobId& id) = 0;
    virtual void mark_running(const JobId& id) = 0;
    /// Keeps picks that a job has made so far, which follow the first `place` ones. Passes over
    /// those that another process on the same store kept before, refuses to leave a gap, and does
    /// nothing if the job has ended already.
    virtual void keep_picks(const JobId& id,
                            std::size_t place,
                            std::span<const selection::Pick> picks) = 0;
    /// Adds `result` and marks the job finished with these picks, whichever were kept before; what
    /// was known of its outcome stays where `outcome` does not say it anew. Does nothing if the job
    /// has ended already: another process on the same store was faster, with the same picks.
    virtual void finish_job(const JobId& id,
                            const Tag& result,
                            std::span<const selection::Pick> picks,
                            const SelectionOutcome& outcome) = 0;
    /// Forgets the job's picks. Does nothing if the job has ended already.
    virtual void fail_job(const JobId& id, std::string_view error) = 0;
    /// In the order of choosing; those kept so far if the job is not finished.
    virtual std::vector<selection::Pick> picks(const JobId& id) = 0;

    /// Another view of the same store, which only reads, also on another thread at the same time.
    virtual std::unique_ptr<Store> reader() = 0;
    /// What is read between the two is of one moment. See Snapshot.
    virtual void begin_reading() = 0;
    virtual void end_reading() noexcept = 0;

    /// Returns once all that was written before would survive a power failure. A transaction alone
    /// survives only the death of the process.
    virtual void flush() = 0;
};

/// What a reader sees during a scope: all of one moment, whatever others write.
class Snapshot {
public:
    explicit Snapshot(Store& reader) : reader_(reader) { reader_.begin_reading(); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    ~Snapshot() { reader_.end_reading(); }

private:
    Store& reader_;
};

}  // namespace trommel::store
