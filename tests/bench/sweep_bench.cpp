// What a sweep costs: 100 cells on digits, and the same runs one after another without it.

#include "bench/figure.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/pipeline/operations/run/run.hpp"
#include "trommel/pipeline/operations/sweep/run.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/stages/stages.hpp"

#include <asio/io_context.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace trommel::bench {
namespace {

const std::string folder = std::string(TROMMEL_SOURCE_DIR) + "/pipelines/";

/// digits.yaml in `to`, with a matrix of four methods and `seeds` seeds.
SweepPlan plan(const test::TempDir& to, const Registry& registry, int seeds) {
    const std::string digits = read_file(folder + "digits.yaml");
    const auto file = to.write(
        "digits.yaml",
        digits + fmt::format("matrix: {{method: [RANDOM, CORESET, CORAL, ACTIVE_LEARNING], seed: "
                             "{{from: 1, to: {}}}}}\n",
                             seeds));
    std::filesystem::create_directory_symlink(folder + "data", to / "data");
    return plan_sweep(file, registry);
}

void sweep(const SweepPlan& plan, const Registry& registry, unsigned jobs) {
    const test::TempDir directory;
    SweepObserver silence;
    const SweepOptions options{.directory = directory.path(), .jobs = jobs, .retry_failed = false};
    const auto result = run_sweep(plan, registry, options, silence, {});
    if (result.count(CellState::finished) != plan.cells.size())
        throw std::runtime_error("a cell failed: " + result.cells.front().error);
}

void run_one_by_one(const SweepPlan& plan, const Registry& registry) {
    const test::TempDir directory;
    Observer silence;
    for (const auto& cell : plan.cells) {
        asio::io_context loop(1);
        RunOptions options;
        options.id = cell.id;
        options.directory = directory / cell.id;
        run(loop, run_pipeline(pipeline_of(plan, cell, registry), options, silence));
    }
}

/// Seconds on processors, of all threads.
double processor_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds_of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

}  // namespace

/// `cores_used` says something on a machine that does nothing else.
void run_sweep_bench() {
    const Registry registry = stages::all_stages();
    const test::TempDir part;
    const SweepPlan twenty = plan(part, registry, 5);
    double plain = 1e9;
    double swept = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
        plain = std::min(plain, seconds([&] { run_one_by_one(twenty, registry); }, 1));
        swept = std::min(swept, seconds([&] { sweep(twenty, registry, 1); }, 1));
    }
    const double added = (swept - plain) / 20 * 1e3;
    print("sweep.added_a_cell", added, "ms", added / 20, "the 20 ms that it may take");

    const test::TempDir whole;
    const SweepPlan hundred = plan(whole, registry, 25);
    const double cores = std::max(1U, std::thread::hardware_concurrency());
    const double before = processor_seconds();
    const double took = seconds([&] { sweep(hundred, registry, default_jobs()); }, 1);
    const double used = (processor_seconds() - before) / took / cores;
    print("sweep.digits_100_cells",
          took,
          "s",
          took / (plain * 5 / cores),
          "the same runs one by one, shared out among the cores");
    print("sweep.cores_used", used * 100, "%", used / 0.9, "the 90 % that it has to reach");
}

}  // namespace trommel::bench
