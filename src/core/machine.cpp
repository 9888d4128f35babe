#include "trommel/core/machine.hpp"

#include "trommel/core/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

namespace trommel {
namespace {

constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

/// The number in a file; no limit where it has none, `max`, or cannot be read.
std::size_t limit_in(const std::filesystem::path& file) {
    std::size_t bytes = no_limit;
    if (std::ifstream stream(file); !(stream >> bytes)) return no_limit;
    return bytes;
}

/// Of the process's control group and those around it, by the second version of these.
std::size_t limit_of_group() {
    const std::filesystem::path root = "/sys/fs/cgroup";
    std::ifstream groups("/proc/self/cgroup");
    std::string line;
    std::filesystem::path group;
    while (std::getline(groups, line))
        if (line.starts_with("0::/")) group = line.substr(4);
    auto limit = limit_in(root / "memory.max");
    for (auto inner = group; !inner.empty(); inner = inner.parent_path())
        limit = std::min(limit, limit_in(root / inner / "memory.max"));
    return std::min(limit, limit_in(root / "memory" / "memory.limit_in_bytes"));
}

}  // namespace

std::size_t machine_memory() {
    const auto pages = ::sysconf(_SC_PHYS_PAGES);
    const auto page = ::sysconf(_SC_PAGESIZE);
    const auto built_in = pages > 0 && page > 0
                              ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page)
                              : no_limit;
    return std::min(built_in, limit_of_group());
}

std::string in_mebibytes(std::size_t bytes) {
    const std::size_t rest = bytes % (std::size_t{1} << 20U) > 0 ? 1 : 0;
    return with_commas((bytes >> 20U) + rest) + " MiB";
}

}  // namespace trommel
