#pragma once

#include "trommel/pipeline/stage/stage.hpp"

#include <asio/awaitable.hpp>

#include <memory>
#include <span>

namespace trommel::stages {

/// The embeddings of the dataset (samples, dimensions): those that the pipeline names, else the
/// newest that the platform has. Throws DataError if there are none.
asio::awaitable<std::shared_ptr<const Matrix>> fetch_embeddings(StageContext& context);

/// The rows of `samples`, in their order.
Matrix gather(const Matrix& embeddings, std::span<const SampleIndex> samples);

}  // namespace trommel::stages
