#include "trommel/pipeline/stage/secrets.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace trommel {
namespace {

constexpr std::string_view mask = "***";
constexpr std::size_t telling_end = 4;  ///< bytes of a value's end; fewer say nothing

void replace_all(std::string& text, std::string_view value) {
    for (auto at = text.find(value); at != std::string::npos;
         at = text.find(value, at + mask.size()))
        text.replace(at, value.size(), mask);
}

void replace_end_at_begin(std::string& text, std::string_view value) {
    for (std::size_t bytes = value.size() - 1; bytes >= telling_end; --bytes) {
        if (!text.starts_with(value.substr(value.size() - bytes))) continue;
        text.replace(0, bytes, mask);
        return;
    }
}

}  // namespace

void Secrets::add(std::string name, std::string value) {
    assert(value.size() >= min_secret_bytes);
    values_.insert_or_assign(std::move(name), std::move(value));
}

std::vector<std::string> Secrets::names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : values_) names.push_back(name);
    return names;
}

std::string Secrets::redacted(std::string text) const {
    std::vector<std::string_view> longest_first;  // one may be part of another
    for (const auto& [name, value] : values_) longest_first.push_back(value);
    std::ranges::sort(longest_first, std::ranges::greater{}, &std::string_view::size);
    for (const auto value : longest_first) replace_all(text, value);
    for (const auto value : longest_first) replace_end_at_begin(text, value);
    return text;
}

std::optional<std::string> Secrets::find_in(std::string_view text) const {
    for (const auto& [name, value] : values_)
        if (text.find(value) != std::string_view::npos) return name;
    return std::nullopt;
}

}  // namespace trommel
