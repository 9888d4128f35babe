// Prints every figure that trommel promises something about:
// build/release/tests/bench/trommel_bench [PART]
#include "bench/figure.hpp"

#include <string_view>

int main(int argc, char** argv) {
    const std::string_view part = argc > 1 ? argv[1] : "";
    if (part.empty() || part == "http") trommel::bench::run_http_bench();
    if (part.empty() || part == "journal") trommel::bench::run_journal_bench();
    if (part.empty() || part == "lint") trommel::bench::run_lint_bench();
    if (part.empty() || part == "loop") trommel::bench::run_loop_bench();
    if (part.empty() || part == "platform") trommel::bench::run_platform_bench();
    if (part.empty() || part == "runtime") trommel::bench::run_runtime_bench();
    if (part.empty() || part == "selection") trommel::bench::run_selection_bench();
    if (part.empty() || part == "server") trommel::bench::run_server_bench();
    if (part.empty() || part == "store") trommel::bench::run_store_bench();
    if (part.empty() || part == "sweep") trommel::bench::run_sweep_bench();
}
