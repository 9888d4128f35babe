// Observation: all by which others watch this server.
#pragma once

#include "server/observe/audit_log.hpp"
#include "server/observe/call_metrics.hpp"
#include "server/observe/call_watch.hpp"
#include "server/observe/readiness.hpp"
#include "trommel/server/observe/metrics.hpp"
#include "trommel/server/options/server_options.hpp"

#include <chrono>

namespace trommel::server {

/// All that is given outlives it.
class Observation {
public:
    Observation(const ServerOptions& options, const Router& router, IoPool& io);

    Metrics metrics;
    CallMetrics calls;
    CallWatch watch;
    AuditLog audit;
    Readiness readiness;
    std::chrono::steady_clock::time_point jobs_counted{};
};

}  // namespace trommel::server
