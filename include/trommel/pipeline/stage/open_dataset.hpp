#pragma once

#include "trommel/pipeline/stage/file_cache.hpp"
#include "trommel/platform/platform.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// A pipeline's dataset on its platform, ready for rounds.
struct OpenDataset {
    Dataset dataset{};
    std::shared_ptr<const std::vector<std::string>> names{};  ///< file names by sample index
    /// (samples, dimensions), by sample index; null if the file has names alone.
    std::shared_ptr<const Matrix> embeddings{};
    Tag pool{};  ///< every sample but the hold-out ones; called `pool` in pipelines
    std::optional<Tag> holdout{};  ///< never chosen, never trained on
    std::shared_ptr<FileCache> files = std::make_shared<FileCache>();  ///< read by stages
};

}  // namespace trommel
