#include "pipeline/operations/testing/injected_faults.hpp"

#include <algorithm>

namespace trommel {
namespace {

AttemptFault fault_of(FaultSpec::Kind kind) {
    switch (kind) {
        case FaultSpec::Kind::transient:
            return AttemptFault::transient;
        case FaultSpec::Kind::permanent:
            return AttemptFault::permanent;
        case FaultSpec::Kind::hang:
            return AttemptFault::hang;
        case FaultSpec::Kind::shortened:
            return AttemptFault::shortened;
        case FaultSpec::Kind::kill:
            break;
    }
    return AttemptFault::none;
}

}  // namespace

AttemptFault InjectedFaults::strike(const std::string& stage,
                                    std::uint32_t round,
                                    unsigned attempt) {
    attempts_[stage] = std::max(attempts_[stage], attempt);
    std::int64_t last = 0;  // attempt that the faults so far strike
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const FaultSpec& fault = faults_[i];
        if (fault.stage != stage || fault.round.value_or(round) != round) continue;
        last += fault.attempts;
        if (attempt > last) continue;
        struck_[i] = true;
        return fault_of(fault.kind);
    }
    return AttemptFault::none;
}

bool InjectedFaults::kills_after(std::uint32_t round) {
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        if (faults_[i].kind != FaultSpec::Kind::kill || faults_[i].round != round || struck_[i])
            continue;
        struck_[i] = true;
        return true;
    }
    return false;
}

unsigned InjectedFaults::attempts(const std::string& stage) const {
    const auto found = attempts_.find(stage);
    return found == attempts_.end() ? 0 : found->second;
}

std::vector<const FaultSpec*> InjectedFaults::idle() const {
    std::vector<const FaultSpec*> idle;
    for (std::size_t i = 0; i < faults_.size(); ++i)
        if (!struck_[i]) idle.push_back(&faults_[i]);
    return idle;
}

}  // namespace trommel
