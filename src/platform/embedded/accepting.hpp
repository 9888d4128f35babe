// Accepting: a request becomes a job in the store.
#pragma once

#include "trommel/core/machine.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/store/store.hpp"

namespace trommel::embedded {

using store::Store;

struct Accepted {
    JobId id{};
    bool is_new = true;  ///< false: the key was known
};

/// Checks the request, fills in its defaults and stores it as a waiting job, unless its key has
/// one. Refuses what surely takes more than `memory` bytes.
Accepted accept(Store& store,
                const SamplingRequest& request,
                std::size_t memory = machine_memory());

}  // namespace trommel::embedded
