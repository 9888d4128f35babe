// Job records: what the store keeps of jobs, and what can be asked of them.
#pragma once

#include "trommel/platform/platform.hpp"
#include "trommel/store/store.hpp"

#include <vector>

namespace trommel::embedded {

using store::Store;

/// Throws PlatformError if there is none.
store::Job find_job(Store& store, const JobId& id);

selection::Stop stop_of(const SamplingRequest& request, const BitMask& preselected);
/// How many samples there are to pick, unless a distance or threshold stops it before.
std::size_t wanted_picks(const SamplingRequest& request,
                         const BitMask& query,
                         const BitMask& preselected);

bool has_ended(JobState state);
JobStatus status(Store& store, const JobId& id);
/// Of all datasets.
std::vector<ListedJob> jobs(Store& store);
DatasetId dataset_of_job(Store& store, const JobId& id);
/// Ends the job as failed unless it has ended.
void cancel(Store& store, const JobId& id);
/// Throws when the job has not finished.
std::vector<Pick> picks(Store& store, const JobId& id);

}  // namespace trommel::embedded
