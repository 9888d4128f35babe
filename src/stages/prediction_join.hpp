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
/// any order.
class PredictionJoin {
public:
    PredictionJoin(TagSetPtr of, std::filesystem::path file);

    /// The rows of the file's batch that the query set asks for. Throws DataError on
    /// a sample that came before, and on probabilities that are none.
    std::shared_ptr<ClassificationBatch> join(dataset::ClassificationBatch read);
    std::shared_ptr<DetectionBatch> join(dataset::DetectionBatch read);

    /// Call it after the last batch. Throws DataError if a sample is missing or unknown to the
    /// dataset.
    void check() const;

private:
    std::vector<std::size_t> rows(const std::vector<std::string>& names,
                                  const std::vector<std::size_t>& lines,
                                  std::vector<SampleIndex>& samples);

    TagSetPtr of_;
    std::filesystem::path file_;
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
