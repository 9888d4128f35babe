#include "selection/kernels/kernels.hpp"

#include <vector>

namespace trommel::selection {
namespace {

std::vector<const Kernels*> supported_kernels() {
    std::vector<const Kernels*> result{&portable_kernels};
#ifdef __x86_64__
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    // Every processor with AVX2 and FMA converts halves (F16C), which gcc 12 cannot ask for.
    if (has_avx2) result.push_back(&avx2_kernels);
    const bool has_avx512 =
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni");
    if (has_avx2 && has_avx512) result.push_back(&avx512_kernels);
#endif
    return result;
}

const std::vector<const Kernels*>& supported() {
    static const auto all = supported_kernels();
    return all;
}

}  // namespace

const Kernels& kernels() { return *supported().back(); }

std::span<const Kernels* const> all_kernels() { return supported(); }

}  // namespace trommel::selection
