#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

/// Reads a list of samples: one file name a line, in the file's order.
///
/// Empty lines are skipped. There are no comments: a name may begin with `#`. Throws DataError on a
/// name that appears twice, naming both lines, and on one that fault_of_name refuses.
std::vector<std::string> read_names(const std::filesystem::path& path);

/// Throws as read_names where the first line is not a name; reads no further.
void check_names(const std::filesystem::path& path);

/// The same from memory; errors call the text `name`.
std::vector<std::string> parse_names(std::string_view text, std::string name);

}  // namespace trommel::dataset
