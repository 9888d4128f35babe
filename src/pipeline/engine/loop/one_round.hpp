#pragma once

#include "pipeline/engine/loop/loop_state.hpp"

#include <asio/awaitable.hpp>

#include <vector>

namespace trommel {

/// Runs the stages once and commits what they leave; `round` 0 is the closing pass.
///
/// A drained loop throws operation_aborted instead of beginning.
asio::awaitable<void> run_one_round(LoopState& loop,
                                    std::vector<const StageSpec*> stages,
                                    std::uint32_t round);

}  // namespace trommel
