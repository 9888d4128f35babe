// What every Store must do, whatever it is built on.
#pragma once

#include "trommel/store/store.hpp"

#include <functional>
#include <memory>

namespace trommel::store {

/// Opens the same storage at each call, empty at the first; at most one is open at a time.
using OpenStore = std::function<std::unique_ptr<Store>()>;

// Each runs sections within the calling test case, so call each from a test case of its own.
void check_datasets_and_samples(const OpenStore& open);
void check_tags(const OpenStore& open);
void check_embeddings_and_scores(const OpenStore& open);
void check_jobs(const OpenStore& open);
/// Of every field.
void check_job_fields(const OpenStore& open);
void check_picks(const OpenStore& open);
void check_job_inputs(const OpenStore& open);
void check_keys(const OpenStore& open);

}  // namespace trommel::store
