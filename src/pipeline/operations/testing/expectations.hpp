#pragma once

#include "pipeline/operations/testing/injected_faults.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/history.hpp"
#include "trommel/pipeline/operations/testing/run_test.hpp"
#include "trommel/platform/platform.hpp"

#include <map>
#include <string>
#include <vector>

namespace trommel {

/// What the run of a test has come to.
struct TestedRun {
    TestOutcome outcome = TestOutcome::ok;
    std::string message{};                ///< the error, or why it ended
    std::uint32_t rounds = 0;             ///< that were finished
    History history{};                    ///< of these
    std::map<std::string, Tag> states{};  ///< after them; none where there was no dataset yet
};

/// All in which the run is not what its test expects.
std::vector<TestFinding> judge(const TestSpec& test,
                               const Pipeline& pipeline,
                               const TestedRun& run,
                               const InjectedFaults& faults,
                               const Clock& clock);

}  // namespace trommel
