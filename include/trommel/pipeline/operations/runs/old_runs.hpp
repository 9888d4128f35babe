// Which runs are old enough to be deleted, and deleting them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trommel {

struct OldRunsRule {
    std::chrono::milliseconds older_than{};  ///< since something last happened in the run
    bool unfinished = false;                 ///< also those that `trommel resume` could go on with
    bool answers = false;  ///< also those that hold labels which people or programs gave
};

/// A run that is old enough, and what becomes of it.
struct OldRun {
    std::filesystem::path directory{};
    std::uint64_t bytes = 0;
    std::string kept{};  ///< why it stays; empty: it goes
};

/// The runs below `directory` that are old enough by the rule, by name. Deletes those that go,
/// unless `dry`. A run that another process works in, and one whose journal cannot be read, stay.
/// Throws Error if there is no such directory.
std::vector<OldRun> clean_runs(const std::filesystem::path& directory,
                               const OldRunsRule& rule,
                               bool dry);

}  // namespace trommel
