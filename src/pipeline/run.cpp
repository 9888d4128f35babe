#include "trommel/pipeline/run.hpp"

#include "pipeline/loop.hpp"
#include "pipeline/run_directory.hpp"
#include "trommel/pipeline/report/report.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/cancellation_state.hpp>
#include <asio/this_coro.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace trommel {
namespace {

std::unique_ptr<EmbeddedPlatform> open_platform(const asio::any_io_executor& executor,
                                                const PlatformSpec& spec,
                                                const RunDirectory& directory,
                                                CpuPool& cpu) {
    const auto file = spec.database.value_or(directory.path() / "platform.db");
    return std::make_unique<EmbeddedPlatform>(executor, store::open_sqlite(file), cpu);
}

/// What the baseline does otherwise: `baseline (method: RANDOM)`.
std::string baseline_name(const Pipeline& pipeline) {
    std::string changes;
    for (const auto& [name, value] : pipeline.baseline->params)
        if (value.text() != pipeline.params.at(name).text())
            changes += fmt::format("{}{}: {}", changes.empty() ? "" : ", ", name, value.text());
    return changes.empty() ? "baseline" : fmt::format("baseline ({})", changes);
}

Report report_of(const Pipeline& pipeline, const RunOptions& options, const RunResult& result) {
    Report report;
    report.pipeline = pipeline.name;
    report.run = options.id;
    report.summary = result.stopped_because;
    if (pipeline.rounds.cost.is_given())
        report.summary +=
            fmt::format(" Labels and stages cost {:.6g}.", result.history.facts.spent);
    report.history = result.history;
    report.baseline = result.baseline;
    if (pipeline.baseline) report.baseline_name = baseline_name(pipeline);
    report.resolved_yaml = resolved_yaml(pipeline);
    return report;
}

/// Where it cannot be written, `error` says so, unless the run has ended with another one already.
void write_report(const RunDirectory& directory, const Report& report, std::exception_ptr& error) {
    try {
        directory.write("report.html", to_html(report));
    } catch (const Error&) {
        if (!error) error = std::current_exception();
    }
}

/// The pipeline, then its baseline, on one platform.
asio::awaitable<void> run_loops(const Pipeline& pipeline,
                                const RunOptions& options,
                                LoopServices& services,
                                RunDirectory& directory,
                                RunResult& result) {
    LoopEnd end = co_await run_loop(pipeline, options.id, services, directory, result.history);
    result.stopped_because = end.reason;
    result.rules = std::move(end.rules);
    result.exhausted =
        end.exhausted && pipeline.rounds.on_exhausted == RoundsSpec::OnExhausted::fail;
    if (!pipeline.baseline) co_return;
    RunDirectory beside = directory.inner("baseline");
    result.baseline.emplace();
    const std::string id = options.id + " baseline";
    co_await run_loop(*pipeline.baseline, id, services, beside, *result.baseline);
}

}  // namespace

asio::awaitable<RunResult> run_pipeline(Pipeline pipeline, RunOptions options, Observer& observer) {
    const auto executor = co_await asio::this_coro::executor;
    RunDirectory directory(options.directory);
    directory.write("resolved.yaml", resolved_yaml(pipeline));
    CpuPool cpu(options.threads);
    IoPool io;
    SystemClock clock;
    auto platform = open_platform(executor, pipeline.platform, directory, cpu);
    Limits limits(executor, clock, pipeline.limits);
    LoopServices services{*platform, cpu, io, clock, observer, limits};

    RunResult result;
    std::exception_ptr error;
    try {
        co_await run_loops(pipeline, options, services, directory, result);
    } catch (...) {
        error = std::current_exception();
    }
    // Whatever happened: close what is open, and report the rounds that were finished.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await platform->close();
    if (error) result.stopped_because = "It did not come to its end.";
    write_report(directory, report_of(pipeline, options, result), error);
    if (is_cancellation(error)) throw Interrupted(directory.finished_rounds(result.history));
    if (error) std::rethrow_exception(error);
    co_return result;
}

std::string make_run_id(const std::string& pipeline) {
    std::string id = pipeline;
    for (char& c : id)
        if (c == ' ') c = '-';
    const auto now = std::chrono::system_clock::now();
    const auto since_1970 =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    return fmt::format("{}-{:%Y%m%d-%H%M%S}-{:03}",
                       id,
                       fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                       since_1970.count() % 1000);
}

}  // namespace trommel
