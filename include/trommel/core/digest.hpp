// Digests: what tells two contents apart for all practical purposes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace trommel {

/// SHA-256 (FIPS 180-4) as 64 hex digits.
std::string sha256(std::string_view content);

/// The same of a whole file, a piece at a time. Throws Error with the reason if it cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace trommel
