#pragma once

#include "selection/shared.hpp"

namespace trommel::selection {

/// A task with embeddings of length 1, between which distances tell cosines.
class Normalised {
public:
    /// Throws DataError where an embedding that the task uses has no direction.
    explicit Normalised(const Task& task);
    Normalised(const Normalised&) = delete;
    Normalised& operator=(const Normalised&) = delete;

    /// Views this.
    const Task& task() const { return task_; }

private:
    void take(const Rows& rows, SampleIndex sample, std::vector<float>& room);

    Buffer<float> values_{};  ///< (rows, dimensions); rows that nobody uses are never touched
    Task task_;
};

}  // namespace trommel::selection
