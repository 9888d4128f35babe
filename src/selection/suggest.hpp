#pragma once

#include "trommel/core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <vector>

namespace trommel::selection {

/// What is meant by `name`, or all that there is.
inline std::string meant_or_all(std::string_view name, const std::vector<std::string>& names) {
    const auto meant = closest(name, names);
    return meant ? fmt::format("did you mean '{}'?", *meant)
                 : fmt::format("there are {}", fmt::join(names, ", "));
}

}  // namespace trommel::selection
