// Finding: something that is wrong with a file, and what to do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace trommel {

struct Finding {
    std::filesystem::path file{};
    std::string problem{};  ///< a clause: `is missing`
    std::string advice{};   ///< an imperative: `put it back from a backup`
};

/// What was looked at in a folder.
struct Examination {
    std::vector<std::filesystem::path> whole{};  ///< files that are as they should be
    std::vector<Finding> findings{};
};

}  // namespace trommel
