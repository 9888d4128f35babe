// What of a server's data folder is whole.
#pragma once

#include "trommel/core/finding.hpp"

#include <filesystem>

namespace trommel::server {

/// Whether `trommel serve` has kept its data there.
bool is_data_folder(const std::filesystem::path& folder);

/// Uses what a server leans on: its database, secret and permissions, files that no row of the
/// database knows, and its audit log. Reads all of it and changes nothing.
Examination examine_data(const std::filesystem::path& folder);

}  // namespace trommel::server
