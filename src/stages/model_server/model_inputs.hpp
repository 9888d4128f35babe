#pragma once

#include "stages/model_server/inference_message.hpp"
#include "trommel/dataset/files/npy.hpp"
#include "trommel/pipeline/stage/stage.hpp"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace trommel::stages {

/// What a model is given of each sample: its embedding, or a row of an array.
class ModelInputs {
public:
    explicit ModelInputs(std::shared_ptr<const Matrix> embeddings)
        : embeddings_(std::move(embeddings)) {}
    /// `rows` says which row is whose, by sample index.
    ModelInputs(dataset::NpyArray array, std::vector<std::size_t> rows)
        : array_(std::move(array)), rows_(std::move(rows)) {}

    /// (samples, …), FP32; blocks.
    Tensor of(std::span<const SampleIndex> samples) const;

private:
    std::shared_ptr<const Matrix> embeddings_{};
    std::optional<dataset::NpyArray> array_{};
    std::vector<std::size_t> rows_{};
};

/// The embeddings of the dataset where `array` is empty, else the rows of that .npy or .npz, whose
/// file names are in `names`, one a line, every sample of the query set once. Throws DataError on
/// anything else.
asio::awaitable<ModelInputs> open_inputs(StageContext& context,
                                         TagSetPtr of,
                                         std::filesystem::path array,
                                         std::filesystem::path names);

}  // namespace trommel::stages
