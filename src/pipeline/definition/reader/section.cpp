#include "trommel/pipeline/definition/reader/section.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {

Section::Section(const Node& node, std::string owner, Diagnostics& diagnostics)
    : node_(node), owner_(std::move(owner)), diagnostics_(diagnostics) {
    if (node.is_map() || (owner_.empty() && node.is_null())) return;
    diagnostics_.error(node.place(),
                       "wrong-type",
                       owner_.empty()
                           ? fmt::format("{} is not a map of keys", describe(node))
                           : fmt::format("{} must be a map, not {}", owner_, describe(node)));
}

const Node* Section::find(std::string_view key) {
    known_.emplace_back(key);
    const Node* value = node_.find(key);
    if (value == nullptr || !value->is_null() || owner_.empty()) return value;
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

std::optional<Node> Section::value(const OptionInfo& info, const OptionReader& reader) {
    const Node* node = info.required ? need(info.name) : find(info.name);
    if (node == nullptr) return std::nullopt;
    if (info.is_literal) return *node;
    const auto errors = diagnostics_.errors();
    const Node resolved = reader.resolved(*node);
    const bool is_deferred = has_references(resolved) && reader.scope != nullptr;
    if (is_deferred && diagnostics_.errors() == errors)
        diagnostics_.error(node->place(),
                           "bad-policy",
                           fmt::format("'{}' cannot depend on what only a round knows", info.name));
    if (is_deferred) return std::nullopt;
    if (!resolved.is_null() || owner_.empty()) return resolved;
    diagnostics_.error(node->place(), "empty-value", fmt::format("'{}' has no value", info.name));
    return std::nullopt;
}

void Section::refuse_others() const {
    for (const auto& [key, place, value] : node_.entries())
        if (std::ranges::count(known_, key) == 0)
            diagnostics_.error(place,
                               "unknown-key",
                               owner_.empty() ? fmt::format("'{}' is not a key here", key)
                                              : fmt::format("{} has no key '{}'", owner_, key),
                               did_you_mean(key, known_));
}

}  // namespace trommel
