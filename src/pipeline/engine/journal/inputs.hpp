// Inputs: everything that a run reads, so that a change of it cannot go unseen.
#pragma once

#include "pipeline/engine/journal/run_history.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace trommel {

/// The files that the pipeline and its baseline read: what it extends, embeddings, names, and every
/// option of type path that names a file. Absolute, sorted, each once.
std::vector<std::filesystem::path> input_files(const Pipeline& pipeline);

/// What is to be written down when a run of the pipeline begins. Reads all its files; blocks.
RunRecord record_run(const Pipeline& pipeline, const std::string& id, const Overrides& overrides);

/// The same, with the SHA-256 of a file from whoever knows it.
using FileDigest = std::function<std::string(const std::filesystem::path& file)>;
RunRecord record_run_with(const FileDigest& digest_of,
                          const Pipeline& pipeline,
                          const std::string& id,
                          const Overrides& overrides);

/// What is other in `now` than in `then`, a line each: `rounds.max: was 3, is 5`.
std::vector<std::string> changes(const RunRecord& then, const RunRecord& now);

}  // namespace trommel
