#include "cli/process/scratch_folder.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace trommel::cli {

ScratchFolder::ScratchFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "trommel-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr)
        throw Error(fmt::format(
            "{}: cannot make the directory: {}", pattern, std::generic_category().message(errno)));
    path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace trommel::cli
