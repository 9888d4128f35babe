#pragma once

#include "stages/name_join.hpp"
#include "trommel/dataset/predictions.hpp"
#include "trommel/pipeline/stage.hpp"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trommel::stages {

/// Joins the predictions of a file to a query set, whose samples must all be there, each once, in
/// any order. Records that fail are told to `errors`, which outlives it.
///
/// Of a file in parts it joins one; the preselected samples of the set were in earlier parts.
class PredictionJoin {
public:
    PredictionJoin(TagSetPtr of,
                   std::filesystem::path file,
                   RecordErrors& errors,
                   dataset::FilePart part = {});

    /// What a reader is to do at a record that it cannot use.
    dataset::OnFault on_fault() const;

    /// The rows of the file's batch that the query set asks for. Probabilities that are none are a
    /// record that failed. Throws DataError on a sample that came before.
    std::shared_ptr<ClassificationBatch> join(dataset::ClassificationBatch read);
    std::shared_ptr<DetectionBatch> join(dataset::DetectionBatch read);

    /// Call it after the last batch. Tells of samples that are missing, or throws DataError if they
    /// or unknown ones are not tolerated. Only the last part of a file tells what is missing; one
    /// without any sample is refused, because a round that adds nothing would end the loop.
    void check() const;

private:
    template <typename Batch>
    std::vector<std::size_t> rows(const Batch& read, std::vector<SampleIndex>& samples);
    bool is_good(const dataset::ClassificationBatch& read, std::size_t row);
    static bool is_good(const dataset::DetectionBatch&, std::size_t) { return true; }

    TagSetPtr of_;
    std::filesystem::path file_;
    RecordErrors& errors_;
    dataset::FilePart part_;
    std::size_t joined_ = 0;
    NameJoin names_;
    Coverage coverage_;
};

/// Reads a file to its end on the I/O pool and sends its predictions on, joined.
asio::awaitable<void> send_joined(StageContext& context,
                                  std::shared_ptr<dataset::ClassificationReader> reader,
                                  PredictionJoin join,
                                  Output& out);
asio::awaitable<void> send_joined(StageContext& context,
                                  std::shared_ptr<dataset::DetectionReader> reader,
                                  PredictionJoin join,
                                  Output& out);

}  // namespace trommel::stages
