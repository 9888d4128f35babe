// Metrics: figures of a server, for Prometheus.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace prometheus {
class Registry;
}

namespace trommel::server {

/// Written and watched on the loop; text() may be made elsewhere.
class Metrics {
public:
    using Read = std::function<double()>;

    Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;
    ~Metrics();

    /// A figure that is read at each scrape. `read` may be called for as long as this lives.
    void watch(const std::string& name, const std::string& help, Read read);
    /// The same for one that only grows.
    void watch_count(const std::string& name, const std::string& help, Read read);

    /// Of pipelines that run by their schedules: samples that have left a stage, the time that it
    /// took, and how a run has ended: `succeeded`, `failed`.
    void stage_sent(const std::string& pipeline, const std::string& stage, std::size_t records);
    void stage_took(const std::string& pipeline,
                    const std::string& stage,
                    std::chrono::nanoseconds time);
    void run_ended(const std::string& pipeline, const std::string& outcome);

    /// Reads what is watched.
    void update();
    /// In Prometheus' text format.
    std::string text() const;
    prometheus::Registry& registry();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trommel::server
