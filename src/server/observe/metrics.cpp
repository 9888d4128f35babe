#include "trommel/server/observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>
#include <vector>

namespace trommel::server {

namespace {

using prometheus::BuildCounter;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;

struct WatchedGauge {
    Gauge& gauge;
    Metrics::Read read;
};

struct WatchedCount {
    Counter& counter;
    Metrics::Read read;
};

}  // namespace

class Metrics::Impl {
public:
    prometheus::Registry registry;
    std::vector<WatchedGauge> gauges;
    std::vector<WatchedCount> counts;
    Family<Counter>& stage_records =
        BuildCounter()
            .Name("trommel_stage_records_total")
            .Help("Samples that have left a stage of a scheduled pipeline")
            .Register(registry);
    Family<Counter>& stage_seconds = BuildCounter()
                                         .Name("trommel_stage_seconds_total")
                                         .Help("Time that stages of scheduled pipelines have taken")
                                         .Register(registry);
    Family<Counter>& runs = BuildCounter()
                                .Name("trommel_scheduled_runs_total")
                                .Help("Runs of scheduled pipelines that have ended")
                                .Register(registry);
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}

Metrics::~Metrics() = default;

void Metrics::watch(const std::string& name, const std::string& help, Read read) {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
    impl_->gauges.push_back({family.Add({}), std::move(read)});
}

void Metrics::watch_count(const std::string& name, const std::string& help, Read read) {
    auto& family = BuildCounter().Name(name).Help(help).Register(impl_->registry);
    impl_->counts.push_back({family.Add({}), std::move(read)});
}

void Metrics::stage_sent(const std::string& pipeline,
                         const std::string& stage,
                         std::size_t records) {
    impl_->stage_records.Add({{"pipeline", pipeline}, {"stage", stage}})
        .Increment(static_cast<double>(records));
}

void Metrics::stage_took(const std::string& pipeline,
                         const std::string& stage,
                         std::chrono::nanoseconds time) {
    impl_->stage_seconds.Add({{"pipeline", pipeline}, {"stage", stage}})
        .Increment(std::chrono::duration<double>(time).count());
}

void Metrics::run_ended(const std::string& pipeline, const std::string& outcome) {
    impl_->runs.Add({{"pipeline", pipeline}, {"outcome", outcome}}).Increment();
}

void Metrics::update() {
    for (auto& [gauge, read] : impl_->gauges) gauge.Set(read());
    for (auto& [counter, read] : impl_->counts) counter.Increment(read() - counter.Value());
}

std::string Metrics::text() const {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, impl_->registry.Collect());
    return std::move(out).str();
}

prometheus::Registry& Metrics::registry() { return impl_->registry; }

}  // namespace trommel::server
