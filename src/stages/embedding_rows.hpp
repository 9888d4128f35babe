#pragma once

#include "trommel/pipeline/stage.hpp"

#include <asio/awaitable.hpp>

#include <memory>
#include <span>

namespace trommel::stages {

/// The newest embeddings of the dataset (samples, dimensions). Throws DataError if it has none.
asio::awaitable<std::shared_ptr<const Matrix>> fetch_embeddings(StageContext& context);

/// The rows of `samples`, in their order.
Matrix gather(const Matrix& embeddings, std::span<const SampleIndex> samples);

}  // namespace trommel::stages
