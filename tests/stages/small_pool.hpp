// A pool small enough to think about, and pipelines over it that really run.
#pragma once

#include "support/small_pool_files.hpp"
#include "trommel/pipeline/operations/run/run.hpp"

#include <string>
#include <vector>

namespace trommel::test {

/// A folder with the small pool's files.
class SmallPool {
public:
    SmallPool();

    /// Runs the pipeline whose stages are given (indented by two blanks), then `tail`, in a
    /// directory of its own.
    RunResult run(const std::string& stages,
                  const std::string& tail = "rounds: {max: 3}\n",
                  const Overrides& overrides = {});

    /// Runs a whole file.
    RunResult run_file(const std::string& yaml, const Overrides& overrides = {});

    /// The error that running it ends with.
    std::string error_of(const std::string& stages, const std::string& tail = "rounds: {max: 3}\n");

    /// A file that the last run left, whole.
    std::string left(const std::string& name) const;

    /// A file of the folder, whole.
    std::string read(const std::string& name) const;

    TempDir& folder() { return folder_; }
    unsigned threads = 2;

private:
    TempDir folder_;
    int runs_ = 0;
};

/// All file names that were picked, in order.
std::vector<std::string> picks_of(const RunResult& result);

}  // namespace trommel::test
