#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/stage/open_dataset.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace trommel {

/// What a random draw depends on.
struct DrawKey {
    std::uint64_t seed = 0;
    std::string purpose{};
};

/// The samples that `source` names, all of them in the dataset's pool. Throws DataError if a tag or
/// a sample is not there, is held out, or more are asked for than there are.
asio::awaitable<BitMask> resolve_source(
    SampleSource source, DrawKey key, Platform& platform, IoPool& io, const OpenDataset& dataset);

}  // namespace trommel
