// Records of JSON, one a line or a file of its own, as batches of whatever type.
#pragma once

#include "trommel/dataset/prediction_task.hpp"
#include "trommel/predictions/reader.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace trommel::predictions {

/// Gives the next batch; nothing after the last.
using NextBatch = std::function<std::optional<Batch>()>;

/// The batches of one of dataset's readers.
template <typename TypedBatch>
NextBatch batches_of(std::unique_ptr<dataset::PredictionReader<TypedBatch>> reader,
                     std::string file) {
    return [reader = std::shared_ptr(std::move(reader)),
            file = std::move(file)]() -> std::optional<Batch> {
        auto batch = reader->next();
        if (!batch) return std::nullopt;
        return Batch{*std::move(batch), file, {}};
    };
}

/// Reads JSON Lines.
NextBatch open_records(dataset::LineReader lines,
                       PredictionType type,
                       const dataset::ReadOptions& options);

/// Batches that are read when they are given out, because each leans on those before it.
std::unique_ptr<ChunkReader> in_order(NextBatch next);

/// Adds the samples of `more`, whose type and classes are the same.
void append(Batch& all, Batch more);

/// The record in the text of a file of its own. Throws DataError where it is none, or not one that
/// `task`, if that is not null, may have.
Batch read_record(std::string content,
                  PredictionType type,
                  const dataset::PredictionTask* task,
                  const dataset::ReadOptions& options,
                  const std::string& file);

}  // namespace trommel::predictions
