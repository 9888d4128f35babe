#include "pipeline/definition/write/policy_yaml.hpp"

#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

NodeEntry entry(std::string key, std::string text) {
    return {std::move(key), {}, Node::scalar({}, std::move(text))};
}

NodeEntry entry(std::string key, std::vector<NodeEntry> entries) {
    return {std::move(key), {}, Node::map({}, std::move(entries))};
}

NodeEntry retry_entry(const RetryPolicy& retry) {
    return entry("retry",
                 std::vector{entry("attempts", std::to_string(retry.attempts)),
                             entry("base", to_text(retry.base)),
                             entry("max", to_text(retry.max))});
}

NodeEntry buffer_entry(const Capacity& buffer) {
    return entry("buffer",
                 std::vector{entry("count", std::to_string(buffer.count)),
                             entry("bytes", fmt::format("{}B", buffer.bytes))});
}

}  // namespace

std::string to_text(const MaxErrors& allowed) {
    if (const auto* share = std::get_if<double>(&allowed)) return shortest(*share * 100) + '%';
    return std::to_string(std::get<std::int64_t>(allowed));
}

std::vector<NodeEntry> policy_entries(const Policies& policies) {
    const Policies none;
    std::vector<NodeEntry> entries;
    if (policies.retry.attempts > 1) entries.push_back(retry_entry(policies.retry));
    if (policies.timeout) entries.push_back(entry("timeout", to_text(*policies.timeout)));
    if (policies.deadline) entries.push_back(entry("deadline", to_text(*policies.deadline)));
    if (policies.parallel > 1)
        entries.push_back(entry("parallel", std::to_string(policies.parallel)));
    if (!policies.limit.empty()) entries.push_back(entry("limit", policies.limit));
    if (policies.buffer.count != none.buffer.count || policies.buffer.bytes != none.buffer.bytes)
        entries.push_back(buffer_entry(policies.buffer));
    if (policies.cache != CacheMode::off)
        entries.push_back(entry("cache", policies.cache == CacheMode::whole ? "true" : "record"));
    if (policies.on_error == OnError::fail) return entries;
    entries.push_back(
        entry("on_error", policies.on_error == OnError::skip ? "skip" : "quarantine"));
    entries.push_back(entry("max_errors", to_text(policies.max_errors)));
    return entries;
}

}  // namespace trommel
