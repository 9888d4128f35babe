#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace trommel::dataset {

struct NameHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard says so
    std::size_t operator()(std::string_view name) const {
        return std::hash<std::string_view>{}(name);
    }
};

/// Something known by sample name. A `std::string_view` finds it without a copy.
template <typename Value>
using NameMap = std::unordered_map<std::string, Value, NameHash, std::equal_to<>>;

}  // namespace trommel::dataset
