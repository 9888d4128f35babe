#include "platform/embedded/job_records.hpp"

#include "platform/embedded/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::embedded {

namespace {

using Reason = PlatformError::Reason;

/// Reads the job's tags: only those of an unfinished one are sure to be there.
JobProgress progress_of(Store& store, const store::Job& job) {
    JobProgress progress{.picks = job.picks};
    const auto query = store.tag(job.request.query);
    if (has_ended(job.state) || !query) return progress;
    BitMask preselected;
    if (job.request.preselected)
        preselected = tag(store, job.request.dataset, *job.request.preselected).mask;
    progress.wanted = wanted_picks(job.request, query->mask, preselected);
    return progress;
}

/// An eighth of the time that the job has taken so far, so that waiting adds little to it.
std::chrono::microseconds poll_after(Timestamp created_at) {
    using std::chrono::microseconds;
    return std::clamp(
        microseconds(now() - created_at) / 8, microseconds(100), microseconds(1000000));
}

}  // namespace

store::Job find_job(Store& store, const JobId& id) {
    auto job = store.job(id);
    if (!job)
        throw PlatformError(Reason::not_found,
                            fmt::format("there is no job with id '{}'", id.text()));
    return *std::move(job);
}

selection::Stop stop_of(const SamplingRequest& request, const BitMask& preselected) {
    selection::Stop stop{
        .picks = {}, .proportion = request.proportion, .min_distance = request.min_distance};
    if (request.samples)
        stop.picks = *request.samples - std::min(*request.samples, preselected.count());
    return stop;
}

std::size_t wanted_picks(const SamplingRequest& request,
                         const BitMask& query,
                         const BitMask& preselected) {
    return selection::most_picks(stop_of(request, preselected), (query - preselected).count());
}

bool has_ended(JobState state) { return state == JobState::finished || state == JobState::failed; }

JobStatus status(Store& store, const JobId& id) {
    const auto job = find_job(store, id);
    return {.id = id,
            .dataset = job.request.dataset,
            .state = job.state,
            .progress = progress_of(store, job),
            .result = job.result,
            .outcome = job.outcome,
            .error = job.error,
            .poll_after = poll_after(job.created_at),
            .created_at = job.created_at,
            .finished_at = job.finished_at};
}

std::vector<ListedJob> jobs(Store& store) {
    std::vector<ListedJob> listed;
    for (const auto& job : store.jobs())
        listed.push_back({.id = job.id,
                          .dataset = job.request.dataset,
                          .state = job.state,
                          .created_at = job.created_at,
                          .finished_at = job.finished_at});
    return listed;
}

DatasetId dataset_of_job(Store& store, const JobId& id) {
    return find_job(store, id).request.dataset;
}

void cancel(Store& store, const JobId& id) {
    find_job(store, id);
    store.fail_job(id, "cancelled on request");
}

std::vector<Pick> picks(Store& store, const JobId& id) {
    const auto state = find_job(store, id).state;
    if (state != JobState::finished)
        throw PlatformError(Reason::invalid,
                            fmt::format("job '{}' is {} and has no picks; ask for them once it is "
                                        "FINISHED",
                                        id.text(),
                                        to_string(state)));
    return store.picks(id);
}

}  // namespace trommel::embedded
