// Prints every figure that trommel promises something about:
// build/release/tests/bench/trommel_bench [PART]
// The part k-center, which takes minutes, is only run by name, with the name of a row and a number
// of picks if not all are wanted.
#include "bench/figure.hpp"

#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
    const std::string_view part = argc > 1 ? argv[1] : "";
    if (part == "scoring_large" && argc == 5)
        trommel::bench::run_scoring_large(argv[2], argv[3], argv[4]);
    if (part == "server_client" && argc == 3) trommel::bench::run_server_client(argv[2]);
    if (part.empty() || part == "durability") trommel::bench::run_durability_bench();
    if (part.empty() || part == "http") trommel::bench::run_http_bench();
    if (part.empty() || part == "journal") trommel::bench::run_journal_bench();
    if (part == "k-center")
        trommel::bench::run_k_center_bench(argc > 2 ? argv[2] : "",
                                           argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0);
    if (part.empty() || part == "server" || part == "latency") trommel::bench::run_latency_bench();
    if (part.empty() || part == "lint") trommel::bench::run_lint_bench();
    if (part.empty() || part == "loop") trommel::bench::run_loop_bench();
    if (part.empty() || part == "platform") trommel::bench::run_platform_bench();
    if (part.empty() || part == "runtime") trommel::bench::run_runtime_bench();
    if (part.empty() || part == "scoring") trommel::bench::run_scoring_bench();
    if (part.empty() || part == "selection") trommel::bench::run_selection_bench();
    if (part.empty() || part == "selection" || part == "strategies")
        trommel::bench::run_strategies_bench();
    if (part.empty() || part == "server") trommel::bench::run_server_bench();
    if (part.empty() || part == "store") trommel::bench::run_store_bench();
    if (part.empty() || part == "sweep") trommel::bench::run_sweep_bench();
}
