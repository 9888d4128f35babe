// What the process takes of its machine, under the names that Prometheus' own clients use.
#pragma once

#include "trommel/server/observe/metrics.hpp"

namespace trommel::server {

void watch_process(Metrics& metrics);

}  // namespace trommel::server
