#include "scoring/lanes.hpp"
#include "scoring/row_kernels.hpp"

#include <cstring>
#include <type_traits>

namespace trommel::scoring {
namespace {

/// Calls `write(x, place, count)` for the rows, eight at a time: `x` is `raw` of two arrays' lanes.
template <typename L, typename T, typename Raw, typename Write>
TROMMEL_INLINE void map_eights(
    const T* a, const T* b, std::size_t rows, const Raw& raw, const Write& write) {
    L x{};
    L y{};
    std::size_t i = 0;
    for (; i + lane_count <= rows; i += lane_count) {
        load(x, a + i);
        load(y, b + i);
        each(raw, x, y);
        write(x, i, lane_count);
    }
    if (i == rows) return;
    std::memcpy(&x, a + i, (rows - i) * sizeof(T));
    std::memcpy(&y, b + i, (rows - i) * sizeof(T));
    each(raw, x, y);
    write(x, i, rows - i);
}

template <std::size_t width, typename T>
TROMMEL_INLINE void map(const Mapping<T>& mapping) {
    using L = Lanes<T, width>;
    const double low = mapping.low;
    const double high = mapping.high;
    const double slope = 1 / (high - low);
    const auto write = [&](const L& raw, std::size_t place, std::size_t count)
                           TROMMEL_INLINE_LAMBDA {
                               Lanes<double, width> x{};
                               widen(x, raw);
                               each(
                                   [=](auto& v) TROMMEL_INLINE_LAMBDA {
                                       const auto none = std::remove_reference_t<decltype(v)>{};
                                       const auto inside = v > low ? slope * (v - low) : none;
                                       v = v >= high ? none + 1.0 : inside;
                                   },
                                   x);
                               std::memcpy(mapping.out + place, &x, count * sizeof(double));
                           };
    switch (mapping.measure) {
        case Uncertainty::least_confidence:
            return map_eights<L>(
                mapping.largest,
                mapping.largest,
                mapping.rows,
                [](auto& x, const auto&) TROMMEL_INLINE_LAMBDA { x = 1 - x; },
                write);
        case Uncertainty::margin:
            return map_eights<L>(
                mapping.largest,
                mapping.second,
                mapping.rows,
                [](auto& x, const auto& y) TROMMEL_INLINE_LAMBDA { x = 1 - (x - y); },
                write);
        case Uncertainty::ratio:
            return map_eights<L>(
                mapping.largest,
                mapping.second,
                mapping.rows,
                [](auto& x, const auto& y) TROMMEL_INLINE_LAMBDA { x = y / x; },
                write);
        case Uncertainty::entropy:
            return map_eights<L>(
                mapping.neg_entropy,
                mapping.neg_entropy,
                mapping.rows,
                [](auto& x, const auto&) TROMMEL_INLINE_LAMBDA { x = -x; },
                write);
    }
}

/// The same code, compiled for each instruction set.
template <typename T>
void map_portable(const Mapping<T>& mapping) {
    map<16>(mapping);
}
#ifdef __x86_64__
template <typename T>
TROMMEL_AVX2 void map_avx2(const Mapping<T>& mapping) {
    map<32>(mapping);
}
template <typename T>
TROMMEL_AVX512 void map_avx512(const Mapping<T>& mapping) {
    map<64>(mapping);
}
#endif

}  // namespace

template <typename T>
void map_rows(const Mapping<T>& mapping, Instructions instructions) {
#ifdef __x86_64__
    if (instructions == Instructions::avx512) return map_avx512<T>(mapping);
    if (instructions == Instructions::avx2) return map_avx2<T>(mapping);
#endif
    map_portable<T>(mapping);
}

template void map_rows(const Mapping<float>&, Instructions);
template void map_rows(const Mapping<double>&, Instructions);

}  // namespace trommel::scoring
