// The files of a pool small enough to think about, and a pipeline over it.
#pragma once

#include "support/temp_dir.hpp"

#include <string>

namespace trommel::test {

/// Writes `pool.csv`, 60 samples s00.jpg to s59.jpg in the plane, in three clusters, and
/// `labels.csv`, which calls the clusters ape, bee and cat; sample i lies in cluster i mod 3.
void write_small_pool(const TempDir& folder);

std::string name_of(int sample);

/// A pipeline over these files, of these stages (indented by two blanks), then `tail`.
std::string small_pipeline(const std::string& stages,
                           const std::string& tail = "rounds: {max: 3}\n");

/// The usual loop: margin sampling of 4 a round with the linear probe; `batch` is the params' batch
/// size.
extern const std::string usual_stages;

}  // namespace trommel::test
