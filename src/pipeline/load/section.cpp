#include "pipeline/load/section.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {

Section::Section(const Node& node, std::string owner, Diagnostics& diagnostics)
    : node_(node), owner_(std::move(owner)), diagnostics_(diagnostics) {
    if (!node.is_map())
        diagnostics_.error(node.place(),
                           "wrong-type",
                           fmt::format("{} must be a map, not {}", owner_, describe(node)));
}

const Node* Section::find(std::string_view key) {
    known_.emplace_back(key);
    const Node* value = node_.find(key);
    if (value == nullptr || !value->is_null()) return value;
    diagnostics_.error(value->place(), "empty-value", fmt::format("'{}' has no value", key));
    return nullptr;
}

const Node* Section::need(std::string_view key) {
    const Node* value = find(key);
    if (value == nullptr && node_.is_map() && node_.find(key) == nullptr)
        diagnostics_.error(
            node_.place(), "missing-key", fmt::format("{} needs the key '{}'", owner_, key));
    return value;
}

void Section::refuse_others() const {
    for (const auto& [key, place, value] : node_.entries())
        if (std::ranges::count(known_, key) == 0)
            diagnostics_.error(place,
                               "unknown-key",
                               fmt::format("{} has no key '{}'", owner_, key),
                               did_you_mean(key, known_));
}

}  // namespace trommel
