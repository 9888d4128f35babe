// CallMetrics: how many calls there were, how they ended and how long they took, by route.
#pragma once

#include "server/routing/router.hpp"
#include "trommel/server/observe/metrics.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace prometheus {
class Counter;
class Histogram;
template <typename T>
class Family;
}  // namespace prometheus

namespace trommel::server {

class CallMetrics {
public:
    /// Both outlive it.
    CallMetrics(Metrics& metrics, const Router& router);

    void begin() { ++in_flight_; }
    /// `route` is one of the router's; null: there was none. A figure is looked up once for each
    /// route and status, so that counting costs a call little.
    void end(const Route* route, unsigned status, double seconds, std::uint64_t bytes);

private:
    using Counter = prometheus::Counter;

    struct ByStatus {
        unsigned status = 0;
        Counter* calls = nullptr;
    };
    struct ByRoute {
        std::vector<ByStatus> calls{};
        prometheus::Histogram* seconds = nullptr;
    };

    std::size_t index_of(const Route* route) const;
    Counter& counter(ByRoute& figures, const Route* route, unsigned status);
    prometheus::Histogram& histogram(ByRoute& figures, const Route* route);

    const Router& router_;
    prometheus::Family<Counter>& calls_;
    prometheus::Family<prometheus::Histogram>& seconds_;
    std::vector<ByRoute> figures_;  ///< by the route's place, and last those of none
    std::int64_t in_flight_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace trommel::server
