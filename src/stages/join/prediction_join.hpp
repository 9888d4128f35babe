#pragma once

#include "stages/join/name_join.hpp"
#include "stages/join/prediction_batches.hpp"
#include "trommel/dataset/predictions.hpp"
#include "trommel/pipeline/stage/stage.hpp"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trommel::stages {

/// What a join is to know beside the samples.
struct JoinOptions {
    std::filesystem::path file{};  ///< as errors call it
    dataset::FilePart part{};
    OnMissing on_missing = OnMissing::fail;
};

/// Joins predictions to a query set, whose samples must all be there, each once, in any order,
/// unless `on_missing` says otherwise. Records that fail are told to the stage's `records`. Names
/// that do not match are listed in `names-ROUND.csv` in the stage's directory.
///
/// Of a file in parts it joins one; the preselected samples of the set were in earlier parts.
class PredictionJoin {
public:
    /// `context` outlives it.
    PredictionJoin(TagSetPtr of, StageContext& context, JoinOptions options);

    const TagSetPtr& of() const { return of_; }

    /// What a reader is to do at a record that it cannot use.
    dataset::OnFault on_fault() const;

    /// The rows of the batch that the query set asks for. Probabilities that are none are a record
    /// that failed. Blocks where names do not match.
    std::shared_ptr<ClassificationBatch> join(dataset::ClassificationRecords read);
    std::shared_ptr<DetectionBatch> join(dataset::DetectionRecords read);
    std::shared_ptr<SegmentationBatch> join(dataset::SegmentationRecords read);
    std::shared_ptr<KeypointBatch> join(dataset::KeypointRecords read);
    std::shared_ptr<CommitteeBatch> join(dataset::CommitteeRecords read);

    /// Call it after the last batch; blocks. Tells of samples that are missing, or throws DataError
    /// if they, unknown ones or ones that came twice are not tolerated. Gives the samples that are
    /// to have a prediction by default. Only the last part of a file tells what is missing; one
    /// without any sample is refused, because a round that adds nothing would end the loop.
    BitMask finish();

    /// Predictions of a model that knows nothing: all classes alike, nothing found. Throws
    /// DataError where no record has said how many classes there are.
    void fill(ClassificationBatch& batch, const BitMask& samples) const;
    static void fill(DetectionBatch& batch, const BitMask& samples);
    static void fill(SegmentationBatch& batch, const BitMask& samples);
    static void fill(KeypointBatch& batch, const BitMask& samples);
    void fill(CommitteeBatch& batch, const BitMask& samples) const;

private:
    template <typename Batch>
    std::vector<std::size_t> rows(const Batch& read, std::vector<SampleIndex>& samples);
    template <typename Batch>
    bool is_good(const Batch& read, std::size_t row);
    BitMask without_record();
    void check_part() const;
    double all_alike() const;

    TagSetPtr of_;
    JoinOptions options_;
    RecordErrors& errors_;
    std::size_t joined_ = 0;
    std::size_t members_ = 0;  ///< of the last row
    std::size_t classes_ = 0;  ///< likewise
    NameJoin names_;
    Coverage coverage_;
};

/// Reads to the end on the I/O pool and sends the predictions on, joined. For the records of each
/// task, and of committees.
template <typename Records>
asio::awaitable<void> send_joined(StageContext& context,
                                  std::shared_ptr<dataset::PredictionReader<Records>> reader,
                                  PredictionJoin join,
                                  Output& out);

}  // namespace trommel::stages
