#pragma once

#include "trommel/pipeline/stage/registry.hpp"

namespace trommel::stages {

/// The registry of every stage that comes with trommel.
Registry all_stages();

}  // namespace trommel::stages
