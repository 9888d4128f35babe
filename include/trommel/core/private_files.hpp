// Files and folders that are nobody's business but their owner's.
#pragma once

#include <filesystem>

namespace trommel {

/// Takes from group and others what they may do with the file or folder, if it is there. False
/// where that failed, as for a file of somebody else.
bool keep_to_owner(const std::filesystem::path& path);

/// Makes the file, empty and for its owner alone, if there is none. 0, or why that failed.
int make_private_file(const std::filesystem::path& file);

}  // namespace trommel
