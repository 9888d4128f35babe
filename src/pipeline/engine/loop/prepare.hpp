// Preparing a run: the dataset on its platform, its hold-out set, and the states the loop begins
// with.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/stage/open_dataset.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <asio/awaitable.hpp>

#include <map>
#include <string>

namespace trommel {

struct LoopServices;

/// Finds the pipeline's dataset on the platform, or makes it from the embeddings file; then draws
/// or finds its hold-out set. Can be repeated after it was cut off anywhere.
///
/// Throws OtherDataError if the platform has a dataset of that name with other samples or
/// embeddings.
asio::awaitable<OpenDataset> open_dataset(const Pipeline& pipeline,
                                          Platform& platform,
                                          IoPool& io,
                                          std::string run);

/// The tag that a state begins with.
std::string initial_state_name(const std::string& run, const std::string& state);

/// Makes a tag for each state, or finds the one that the run has made before, with the samples that
/// it begins with: those in `known`, or else what its `init` says.
asio::awaitable<std::map<std::string, Tag>> init_states(const Pipeline& pipeline,
                                                        LoopServices& services,
                                                        OpenDataset& dataset,
                                                        std::string run,
                                                        std::map<std::string, BitMask> known);

}  // namespace trommel
