#include "bench/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace trommel::bench {

void print(const std::string& name,
           double value,
           const std::string& unit,
           double ratio,
           const std::string& against) {
    fmt::print("{:36} {:>12.4g} {:10} {:>9.3g} of {}\n", name, value, unit, ratio, against);
}

double seconds(const std::function<void()>& work, int repeats) {
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < repeats; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count());
    }
    return best;
}

}  // namespace trommel::bench
