// JobQueue: which job is next, so that no dataset waits for all jobs of another one.
#pragma once

#include "trommel/dataset/records.hpp"

#include <deque>
#include <optional>

namespace trommel::embedded {

/// The datasets take turns, whatever number of jobs each has; the jobs of one keep their order.
class JobQueue {
public:
    void push(const DatasetId& dataset, const JobId& job);
    /// The next job, or nothing if none waits.
    std::optional<JobId> pop();
    void clear() { lines_.clear(); }
    bool empty() const { return lines_.empty(); }

private:
    struct Line {
        DatasetId dataset{};
        std::deque<JobId> jobs{};
    };

    std::deque<Line> lines_;  ///< none is empty; the first is next
};

}  // namespace trommel::embedded
