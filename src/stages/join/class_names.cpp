#include "stages/join/class_names.hpp"

#include "trommel/core/text.hpp"

#include <algorithm>

namespace trommel::stages {

std::vector<std::string> class_names(const std::vector<std::string>& labels) {
    std::vector<std::string> names(labels);
    const bool numbers =
        std::ranges::all_of(names, [](const auto& name) { return parse_number(name).has_value(); });
    const auto less = [numbers](const std::string& a, const std::string& b) {
        if (numbers && *parse_number(a) != *parse_number(b))
            return *parse_number(a) < *parse_number(b);
        return a < b;
    };
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::ranges::sort(names, less);
    return names;
}

std::vector<std::uint32_t> class_indices(const std::vector<std::string>& labels,
                                         const std::vector<std::string>& classes) {
    std::vector<std::uint32_t> indices;
    indices.reserve(labels.size());
    for (const auto& label : labels)
        indices.push_back(
            static_cast<std::uint32_t>(std::ranges::find(classes, label) - classes.begin()));
    return indices;
}

}  // namespace trommel::stages
