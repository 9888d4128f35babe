#pragma once

#include "pipeline/engine/round/attempt_faults.hpp"
#include "trommel/pipeline/definition/test_spec.hpp"

#include <map>
#include <string>
#include <vector>

namespace trommel {

/// The faults of one test, and what it learns of the attempts that meet them. Which fault an
/// attempt meets depends on stage, round and number alone, so a resumed run meets the same.
class InjectedFaults final : public AttemptFaults {
public:
    explicit InjectedFaults(const std::vector<FaultSpec>& faults)
        : faults_(faults), struck_(faults.size(), false) {}

    AttemptFault strike(const std::string& stage, std::uint32_t round, unsigned attempt) override;

    /// Whether the process is to be killed now that the round has ended; true once a fault.
    bool kills_after(std::uint32_t round);

    /// The most attempts that any work of the stage took so far: in a round, of a batchwise stage
    /// at a batch.
    unsigned attempts(const std::string& stage) const;

    /// Faults that have met nothing.
    std::vector<const FaultSpec*> idle() const;

private:
    const std::vector<FaultSpec>& faults_;
    std::vector<bool> struck_;
    std::map<std::string, unsigned> attempts_;
};

}  // namespace trommel
