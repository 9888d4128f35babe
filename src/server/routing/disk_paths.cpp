#include "server/routing/disk_paths.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <system_error>

namespace trommel::server {

namespace {

/// Whether a path may begin behind this character.
bool may_precede(char c) { return std::string_view(" '\"(:=,").find(c) != std::string_view::npos; }

void remove_prefix(std::string& text, const std::string& prefix) {
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
        if (at == 0 || may_precede(text[at - 1]))
            text.erase(at, prefix.size());
        else
            ++at;
    }
}

}  // namespace

DiskPaths::DiskPaths(const std::filesystem::path& folder) {
    std::error_code ignored;
    for (const auto& each : {folder,
                             std::filesystem::absolute(folder, ignored),
                             std::filesystem::weakly_canonical(folder, ignored)})
        for (const auto& path : {each, each.parent_path()})
            if (!path.empty() && path.has_relative_path()) prefixes_.push_back(path.string() + "/");
    std::ranges::sort(prefixes_, std::ranges::greater{}, &std::string::size);
}

std::string DiskPaths::removed_from(std::string message) const {
    for (const auto& prefix : prefixes_) remove_prefix(message, prefix);
    return message;
}

}  // namespace trommel::server
