#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace trommel::bench {

/// Prints one figure. `ratio` is `value` divided by what `against` describes.
void print(const std::string& name,
           double value,
           const std::string& unit,
           double ratio,
           const std::string& against);

/// Seconds that `work` takes: the best of `repeats`.
double seconds(const std::function<void()>& work, int repeats = 3);

void run_durability_bench();
void run_http_bench();
void run_journal_bench();
void run_k_center_bench(const std::string& name, std::size_t picks);
void run_latency_bench();
void run_lint_bench();
void run_loop_bench();
void run_platform_bench();
void run_runtime_bench();
void run_scoring_bench();
/// The part of it that is measured from outside, in a process of its own.
void run_scoring_large(const std::string& task,
                       const std::string& input,
                       const std::string& output);
void run_selection_bench();
void run_server_bench();
/// The part of it that is measured from outside, in a process of its own.
void run_server_client(const std::string& url);
void run_store_bench();
/// The part of the selection bench that takes a minute.
void run_strategies_bench();
void run_sweep_bench();

}  // namespace trommel::bench
