// Disk paths: where the server keeps what it keeps is nobody else's to know.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace trommel::server {

class DiskPaths {
public:
    /// `folder` is the server's own; the one above it counts too.
    explicit DiskPaths(const std::filesystem::path& folder);

    /// The message with files of the server by their names alone.
    std::string removed_from(std::string message) const;

private:
    std::vector<std::string> prefixes_;  ///< longest first, each with a slash at its end
};

}  // namespace trommel::server
