#pragma once

#include "pipeline/engine/loop/loop_state.hpp"

#include <asio/awaitable.hpp>

namespace trommel {

/// Opens the dataset and sets the loop to where the last committed round left it, or to the
/// beginning. Writes to the journal and the tables what a crash kept out of them.
///
/// Throws OtherDataError if the platform's data is not that of the committed rounds; DataError if
/// a round is gone that the journal knows.
asio::awaitable<void> recover(LoopState& loop);

}  // namespace trommel
