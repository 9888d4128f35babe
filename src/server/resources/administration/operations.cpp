// What those ask who run the server: whether it can work, and its figures.
#include "server/observe/observation.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "trommel/platform/wire/json.hpp"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace trommel::server {

namespace {

using std::chrono::steady_clock;

/// A list of jobs is read from the store, so not at each scrape.
constexpr auto jobs_fresh_for = std::chrono::seconds(10);

std::string json_of(const DiskPaths& paths, const std::vector<Unready>& reasons) {
    std::string list = "[";
    for (const auto& reason : reasons) {
        if (list.size() > 1) list += ',';
        ObjectText(list)
            .add("part", reason.part)
            .add("error", paths.removed_from(reason.error))
            .end();
    }
    list += ']';
    std::string json;
    ObjectText(json)
        .add("status", reasons.empty() ? "ready" : "unready")
        .add_raw("reasons", list)
        .end();
    return json;
}

asio::awaitable<http::Response> readiness(Call& call) {
    const std::vector<Unready> reasons = co_await call.services.observation.readiness.look();
    auto response = json_answer(reasons.empty() ? 200 : 503, json_of(call.services.paths, reasons));
    response.headers.add("Cache-Control", "no-store");
    co_return response;
}

void set_jobs(prometheus::Registry& registry, const std::vector<ListedJob>& jobs) {
    auto& family = prometheus::BuildGauge()
                       .Name("trommel_jobs")
                       .Help("Selections by their state")
                       .Register(registry);
    constexpr std::array states{
        JobState::waiting, JobState::running, JobState::finished, JobState::failed};
    std::array<double, states.size()> counts{};
    for (const auto& job : jobs) ++counts[static_cast<std::size_t>(job.state)];
    for (const auto state : states)
        family.Add({{"state", to_string(state)}}).Set(counts[static_cast<std::size_t>(state)]);
}

/// What a platform does not tell is left as it was told before.
asio::awaitable<void> update_jobs(Services& services) {
    auto& observation = services.observation;
    const auto now = steady_clock::now();
    if (now - observation.jobs_counted < jobs_fresh_for) co_return;
    observation.jobs_counted = now;
    try {
        const std::vector<ListedJob> jobs = co_await services.platform.jobs();
        set_jobs(observation.metrics.registry(), jobs);
    } catch (const PlatformError&) {
        // readyz says more of it.
    }
}

std::string metrics_text(const Metrics* metrics) { return metrics->text(); }

asio::awaitable<http::Response> metrics(Call& call) {
    auto& services = call.services;
    co_await update_jobs(services);
    auto& figures = services.observation.metrics;
    figures.update();
    std::string text = co_await on_io(services.files.io(), metrics_text, &figures);
    auto response = plain_answer(std::move(text));
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return response;
}

}  // namespace

void add_operations(Routes& routes) {
    routes.push_back({.method = "GET",
                      .path = "/readyz",
                      .id = "getReadiness",
                      .summary = "Whether the server can work now; 503 says why not",
                      .role = Role::none,
                      .reply = {.status = 200, .schema = schema::reference("Readiness")},
                      .answer = readiness});
    routes.push_back({.method = "GET",
                      .path = metrics_path,
                      .id = "getMetrics",
                      .summary = "Figures of the server, for Prometheus",
                      .reply = {.status = 200, .schema = {}, .media = "text/plain"},
                      .answer = metrics});
}

}  // namespace trommel::server
