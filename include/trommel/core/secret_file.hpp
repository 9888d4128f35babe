// Secret files: where tokens, keys and passwords be alone in a file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace trommel {

struct SecretFile {
    std::string text{};                    ///< never empty or blank; without line ends at its end
    std::optional<std::string> warning{};  ///< a sentence with the file's name: others may read it
};

/// The one way to read a secret. Throws ConfigError, with the file's name, for one that is empty or
/// holds only blanks, that others than its owner may write, that is not a regular file or cannot be
/// read, or that has more than 64 KiB or a zero byte.
SecretFile read_secret_file(const std::filesystem::path& file);

}  // namespace trommel
