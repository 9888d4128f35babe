#include "stages/join/listing.hpp"

#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::stages {

std::string listing(const std::vector<std::string>& names,
                    std::string_view claim,
                    std::size_t count) {
    auto text =
        fmt::format("{} {} {}:", with_commas(count), count == 1 ? "sample" : "samples", claim);
    const std::size_t shown = std::min(names.size(), listed_names);
    for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? " " : ", ") + names[i];
    return count > shown ? text + ", …" : text;
}

std::string listing(const std::vector<std::string>& names, std::string_view claim) {
    return listing(names, claim, names.size());
}

}  // namespace trommel::stages
