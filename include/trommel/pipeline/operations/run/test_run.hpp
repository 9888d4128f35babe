#pragma once

#include "trommel/runtime/clock.hpp"

#include <cstdint>
#include <optional>

namespace trommel {

class AttemptFaults;

/// What a run that is only a test of its pipeline does otherwise: it uses another clock, meets
/// faults, may be shorter, has a database of its own, no baseline and no hooks. All of it outlives
/// the run.
struct TestRun {
    Clock& clock;
    AttemptFaults& faults;
    std::optional<std::int64_t> max_rounds{};
};

}  // namespace trommel
