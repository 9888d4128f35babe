// Draft: files of a cache on their way to their place; and what a cache's files have in common.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace trommel {

/// A hidden folder of its own, gone at the end of its scope. What is made in it appears elsewhere
/// whole, by one rename.
class Draft {
public:
    /// Makes it in `folder`, and that too if it is not there.
    explicit Draft(const std::filesystem::path& folder);
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft();

    const std::filesystem::path& path() const { return path_; }

    /// Moves what is in it at `part`, or all of it, to `place`, unless somebody else was first.
    void put(const std::filesystem::path& place, std::string_view part = {}) const;

private:
    std::filesystem::path path_;
};

/// Whether it is a draft, one that its process has left behind too.
bool is_draft(const std::filesystem::path& path);

/// Writes bytes after their digest, synced.
void write_checked(const std::filesystem::path& file, std::string_view bytes);

/// The bytes again. Throws DataError where they are not those that were written.
std::string read_checked(const std::filesystem::path& file);

}  // namespace trommel
