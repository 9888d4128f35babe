#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace trommel::scoring {

template <typename T>
struct TopTwo {
    T first = -std::numeric_limits<T>::infinity();
    T second = -std::numeric_limits<T>::infinity();
};

/// The two largest values; both NaN if a value is, as numpy's sort puts NaN last.
template <typename T>
TopTwo<T> top_two(std::span<const T> values) {
    TopTwo<T> top;
    for (const T x : values) {
        if (std::isnan(x)) return {x, x};
        top.second = std::max(top.second, std::min(top.first, x));
        top.first = std::max(top.first, x);
    }
    return top;
}

}  // namespace trommel::scoring
