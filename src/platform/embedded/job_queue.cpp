#include "platform/embedded/job_queue.hpp"

#include <algorithm>
#include <utility>

namespace trommel::embedded {

void JobQueue::push(const DatasetId& dataset, const JobId& job) {
    auto line = std::find_if(
        lines_.begin(), lines_.end(), [&](const Line& each) { return each.dataset == dataset; });
    if (line == lines_.end()) line = lines_.insert(line, Line{.dataset = dataset, .jobs = {}});
    line->jobs.push_back(job);
}

std::optional<JobId> JobQueue::pop() {
    if (lines_.empty()) return std::nullopt;
    auto line = std::move(lines_.front());
    lines_.pop_front();
    auto job = std::move(line.jobs.front());
    line.jobs.pop_front();
    if (!line.jobs.empty()) lines_.push_back(std::move(line));
    return job;
}

}  // namespace trommel::embedded
