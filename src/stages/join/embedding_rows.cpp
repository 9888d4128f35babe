#include "stages/join/embedding_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::stages {

asio::awaitable<std::shared_ptr<const Matrix>> fetch_embeddings(StageContext& context) {
    if (context.dataset.embeddings) co_return context.dataset.embeddings;
    const auto& dataset = context.dataset.dataset;
    auto known = co_await context.platform.embeddings(dataset.id);
    if (known.empty()) throw DataError(fmt::format("dataset '{}' has no embeddings", dataset.name));
    co_return co_await context.platform.embedding(dataset.id, known.back().id);
}

Matrix gather(const Matrix& embeddings, std::span<const SampleIndex> samples) {
    Matrix rows(samples.size(), embeddings.cols());
    for (std::size_t i = 0; i < samples.size(); ++i)
        std::ranges::copy(embeddings.row(samples[i]), rows.row(i).begin());
    return rows;
}

}  // namespace trommel::stages
