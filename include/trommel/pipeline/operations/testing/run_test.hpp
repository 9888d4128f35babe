// Tests of a pipeline: each runs it on a clock that skips all waiting, with faults that it injects,
// and uses what that leaves.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/runtime/manual_clock.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trommel {

/// Something that is not as the test expects it.
struct TestFinding {
    Place place{};  ///< of the expectation
    std::string message{};
};

struct TestResult {
    std::uint32_t rounds = 0;  ///< that were finished
    std::vector<TestFinding> findings{};

    bool passed() const { return findings.empty(); }
};

struct TestOptions {
    std::filesystem::path directory{};  ///< for the run; made if it is not there, else empty
    unsigned threads = 1;
    Overrides overrides{};  ///< over which those of the test go
};

/// Runs the test that the pipeline's file has under this name. The pipeline, the registry and the
/// clock, by which the loop of this coroutine is to be run, outlive it.
///
/// The run has a database of its own and no baseline. Stages really run, programs too: see
/// ManualClock on how the time goes meanwhile. Throws Error only for what is not an outcome of the
/// run, such as a directory that cannot be made.
asio::awaitable<TestResult> run_test(const Pipeline& pipeline,
                                     const TestSpec& test,
                                     const Registry& registry,
                                     ManualClock& clock,
                                     TestOptions options);

}  // namespace trommel
