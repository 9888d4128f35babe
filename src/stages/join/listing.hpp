#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::stages {

/// How many names an error message lists before it says "…".
inline constexpr std::size_t listed_names = 10;

/// `3 samples without a label: a.jpg, b.jpg, c.jpg`. `names` may be the first few of `count`.
std::string listing(const std::vector<std::string>& names,
                    std::string_view claim,
                    std::size_t count);
std::string listing(const std::vector<std::string>& names, std::string_view claim);

}  // namespace trommel::stages
