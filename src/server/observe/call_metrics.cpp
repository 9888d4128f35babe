#include "server/observe/call_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <string>

namespace trommel::server {

namespace {

const prometheus::Histogram::BucketBoundaries& latency_buckets() {
    static const prometheus::Histogram::BucketBoundaries buckets{
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60};
    return buckets;
}

/// Never the path as it came: anybody could make figures without end.
std::map<std::string, std::string> labels_of(const Route* route) {
    if (route == nullptr) return {{"route", "none"}, {"method", "none"}};
    return {{"route", route->path}, {"method", route->method}};
}

}  // namespace

CallMetrics::CallMetrics(Metrics& metrics, const Router& router)
    : router_(router),
      calls_(prometheus::BuildCounter()
                 .Name("trommel_http_requests_total")
                 .Help("Calls that were answered; 499: the client left before")
                 .Register(metrics.registry())),
      seconds_(prometheus::BuildHistogram()
                   .Name("trommel_http_request_duration_seconds")
                   .Help("Until the last piece of the answer was handed over")
                   .Register(metrics.registry())),
      figures_(router.routes().size() + 1) {
    metrics.watch("trommel_http_requests_in_flight", "Calls that are being answered", [this] {
        return static_cast<double>(in_flight_);
    });
    metrics.watch_count("trommel_http_response_bytes_total",
                        "Bytes of answers' bodies, before they were packed",
                        [this] { return static_cast<double>(bytes_); });
}

std::size_t CallMetrics::index_of(const Route* route) const {
    return route == nullptr ? figures_.size() - 1
                            : static_cast<std::size_t>(route - router_.routes().data());
}

CallMetrics::Counter& CallMetrics::counter(ByRoute& figures, const Route* route, unsigned status) {
    for (const auto& known : figures.calls)
        if (known.status == status) return *known.calls;
    auto labels = labels_of(route);
    labels["status"] = std::to_string(status);
    auto& calls = calls_.Add(labels);
    figures.calls.push_back({status, &calls});
    return calls;
}

prometheus::Histogram& CallMetrics::histogram(ByRoute& figures, const Route* route) {
    if (figures.seconds == nullptr)
        figures.seconds = &seconds_.Add(labels_of(route), latency_buckets());
    return *figures.seconds;
}

void CallMetrics::end(const Route* route, unsigned status, double seconds, std::uint64_t bytes) {
    auto& figures = figures_[index_of(route)];
    counter(figures, route, status).Increment();
    histogram(figures, route).Observe(seconds);
    bytes_ += bytes;
    --in_flight_;
}

}  // namespace trommel::server
