// The platform: where samples, tags, embeddings and scores live and where samples are selected.
//
// Its words and rules are those of the Lightly v1 API, so that one interface means the
// embedded platform, a trommel server and Lightly's cloud.
#pragma once

#include "trommel/core/error.hpp"
#include "trommel/core/matrix.hpp"
#include "trommel/core/sample.hpp"
#include "trommel/dataset/records.hpp"
#include "trommel/selection/select.hpp"
#include "trommel/store/job.hpp"

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// A call that the platform refused or could not carry out.
class PlatformError : public Error {
public:
    enum class Reason {
        not_found,    ///< no such dataset, tag, embedding, score or job
        exists,       ///< the name is taken
        invalid,      ///< the request breaks a rule: a bad name, a wrong length
        unavailable,  ///< busy, locked, full or unreachable; may work later
        unusable,     ///< the store is damaged or of a newer version, the answer nonsense
        denied,       ///< a remote platform does not let this one in: its token is not accepted
    };

    PlatformError(Reason reason, const std::string& message) : Error(message), reason_(reason) {}
    Reason reason() const { return reason_; }

private:
    Reason reason_;
};

struct NewTag {
    std::string name{};
    BitMask mask{};
    std::optional<TagId> previous{};
};

/// How far a selection has come.
struct JobProgress {
    std::size_t picks = 0;                ///< as of the last second or so
    std::optional<std::size_t> wanted{};  ///< there will be no more than these; none if unknown
};

struct JobStatus {
    JobId id{};
    DatasetId dataset{};
    JobState state = JobState::waiting;
    JobProgress progress{};
    std::optional<TagId> result{};  ///< the new tag, once finished
    SelectionOutcome outcome{};
    std::string error{};                         ///< why it failed
    std::chrono::microseconds poll_after{1000};  ///< when asking again makes sense
    Timestamp created_at{};
    std::optional<Timestamp> finished_at{};  ///< or failed; none where unknown
};

/// What a list of jobs says of each.
struct ListedJob {
    JobId id{};
    DatasetId dataset{};
    JobState state = JobState::waiting;
    Timestamp created_at{};
    std::optional<Timestamp> finished_at{};  ///< or failed; none where unknown
};

using selection::Pick;

/// Every call is a coroutine on the caller's event loop; every failure is a PlatformError.
///
/// Arguments are taken by value: a coroutine may outlive what its caller's references name.
///
/// Whoever dies between a call and the note of its answer has to be able to call again. So adding
/// samples and creating a tag may be repeated as they are, and uploading scores and sampling with
/// the `key` that the first call had: a text that the caller makes up, one for each effect. A key
/// is known for as long as the dataset or the tag is.
class Platform {
public:
    Platform() = default;
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;
    virtual ~Platform() = default;

    virtual asio::awaitable<DatasetId> create_dataset(std::string name) = 0;
    virtual asio::awaitable<std::optional<Dataset>> find_dataset(std::string name) = 0;
    virtual asio::awaitable<Dataset> dataset(DatasetId id) = 0;
    /// Oldest first.
    virtual asio::awaitable<std::vector<Dataset>> datasets() = 0;
    virtual asio::awaitable<void> rename_dataset(DatasetId id, std::string name) = 0;
    /// With all that belongs to it; its jobs that have not ended are cancelled.
    virtual asio::awaitable<void> delete_dataset(DatasetId id) = 0;

    /// Appends samples in this order. A name the dataset already has keeps its index and is not
    /// added again, so that a call can be repeated; a name twice in one call is refused.
    virtual asio::awaitable<void> add_samples(DatasetId dataset,
                                              std::vector<std::string> names) = 0;

    /// File names by sample index.
    virtual asio::awaitable<std::shared_ptr<const std::vector<std::string>>> mappings(
        DatasetId dataset) = 0;
    /// The sample of this name; none if the dataset has no such.
    virtual asio::awaitable<std::optional<SampleIndex>> find_sample(DatasetId dataset,
                                                                    std::string name) = 0;
    /// None for an index that the dataset does not have.
    virtual asio::awaitable<std::optional<std::string>> sample_name(DatasetId dataset,
                                                                    SampleIndex sample) = 0;

    /// Makes the tag `initial-tag` of all samples.
    virtual asio::awaitable<TagId> create_initial_tag(DatasetId dataset) = 0;
    /// A tag of this name that has the same samples and grew from the same tag is the one asked
    /// for, so that a call can be repeated; a name that means anything else is refused.
    virtual asio::awaitable<TagId> create_tag(DatasetId dataset, NewTag tag) = 0;
    virtual asio::awaitable<Tag> tag(DatasetId dataset, TagId id) = 0;
    /// The same, whichever dataset has it.
    virtual asio::awaitable<Tag> tag(TagId id) = 0;
    virtual asio::awaitable<std::optional<Tag>> find_tag(DatasetId dataset, std::string name) = 0;
    /// Oldest first.
    virtual asio::awaitable<std::vector<Tag>> tags(DatasetId dataset) = 0;
    /// Gives the tag this name, which may be the one it has, and these samples unless there are
    /// none given. The initial tag keeps both, a tag that an unfinished job reads its samples.
    virtual asio::awaitable<void> change_tag(DatasetId dataset,
                                             TagId id,
                                             std::string name,
                                             std::optional<BitMask> mask = {}) = 0;
    /// Lets the initial tag have all samples of the dataset, and makes a tag of this name of those
    /// that are new to it, perhaps none. Refused while an unfinished job reads the initial tag.
    virtual asio::awaitable<TagId> grow_tags(DatasetId dataset, std::string name) = 0;
    /// Only a tag from which no other grew, and never the initial tag.
    virtual asio::awaitable<void> delete_tag(DatasetId dataset, TagId id) = 0;

    /// An id for embeddings that are yet to come, for a caller who has to tell it before. Refuses a
    /// name that is taken; takes none, so that of two announced by one name the first to be
    /// uploaded has it.
    virtual asio::awaitable<EmbeddingId> announce_embeddings(DatasetId dataset,
                                                             std::string name) = 0;
    /// `rows` (samples, dimensions) in the order of the dataset's samples. Under the id by which
    /// they were announced with this name, if they were. They are there wholly or not at all.
    virtual asio::awaitable<EmbeddingId> upload_embeddings(
        DatasetId dataset,
        std::string name,
        std::shared_ptr<const Matrix> rows,
        std::optional<EmbeddingId> announced = {}) = 0;
    /// Oldest first.
    virtual asio::awaitable<std::vector<Embedding>> embeddings(DatasetId dataset) = 0;
    /// All rows (samples, dimensions); shared, because a platform may keep them in memory.
    virtual asio::awaitable<std::shared_ptr<const Matrix>> embedding(DatasetId dataset,
                                                                     EmbeddingId id) = 0;
    /// Refused while an unfinished job reads them. Ends an announcement, where such are kept.
    virtual asio::awaitable<void> delete_embedding(DatasetId dataset, EmbeddingId id) = 0;

    /// One score for each sample of `tag`, ascending by index; replaces scores of that type. Does
    /// nothing if this tag and type got scores with this `key` before; an empty one is none.
    virtual asio::awaitable<void> upload_scores(TagId tag,
                                                std::string type,
                                                std::vector<double> scores,
                                                std::string key = {}) = 0;
    /// Newest last.
    virtual asio::awaitable<std::vector<Score>> scores(TagId tag) = 0;
    virtual asio::awaitable<std::vector<double>> score_values(TagId tag, std::string type) = 0;

    /// Starts a selection and returns at once; it goes on while the platform is open. A request
    /// with a key that the dataset has seen gives the job of then, whatever became of it, and is
    /// refused as invalid if it asks for something else.
    virtual asio::awaitable<JobId> sample(SamplingRequest request) = 0;
    virtual asio::awaitable<JobStatus> job(JobId id) = 0;
    /// Of all datasets, oldest first.
    virtual asio::awaitable<std::vector<ListedJob>> jobs() = 0;
    /// What a finished job chose, in the order of choosing, preselected samples left out.
    virtual asio::awaitable<std::vector<Pick>> picks(JobId id) = 0;
    /// For a job that nobody waits for any more: ends it as failed, `cancelled on request`, within
    /// about 100 ms wherever it appears. Does nothing to one that has ended. A platform that cannot
    /// cancel lets it go on.
    virtual asio::awaitable<void> cancel_job(JobId id) = 0;

    /// When it returns, all that was answered before would survive a power failure. For platforms
    /// that answer only then there is nothing to do.
    virtual asio::awaitable<void> flush() { co_return; }
};

}  // namespace trommel
