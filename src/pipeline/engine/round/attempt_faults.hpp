#pragma once

#include <cstdint>
#include <string>

namespace trommel {

/// How an attempt of a stage goes wrong on purpose.
enum class AttemptFault { none, transient, permanent, hang, shortened };

/// Lets attempts of stages go wrong, for tests of a pipeline; the one place where a round asks.
class AttemptFaults {
public:
    AttemptFaults() = default;
    AttemptFaults(const AttemptFaults&) = delete;
    AttemptFaults& operator=(const AttemptFaults&) = delete;
    virtual ~AttemptFaults() = default;

    /// Hears of every attempt before it begins; of a batchwise stage, of the attempts of each
    /// batch.
    virtual AttemptFault strike(const std::string& stage,
                                std::uint32_t round,
                                unsigned attempt) = 0;
};

}  // namespace trommel
