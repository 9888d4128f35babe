// RecordCache: what a program has answered about samples, kept for `cache: record`.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace trommel {

/// Answers by question, all of them given by one program with the same options and model; of what
/// it is asked, each is asked once. Kept in one folder, in files that are never changed, so that
/// several runs may add to them at once.
class RecordCache {
public:
    using Answer = std::pair<std::string, std::string>;  ///< the question, what was answered

    /// Reads `folder` of the cache, which need not be there; blocks. A damaged file is taken out,
    /// and its answers are none. Files that are added lie there beside `description`.
    RecordCache(std::filesystem::path cache, std::filesystem::path folder, std::string description);

    /// The answer, or null.
    const std::string* find(const std::string& question) const;

    /// Keeps answers; blocks. Throws Error if that fails.
    void add(const std::vector<Answer>& answers);

    bool empty() const { return answers_.empty(); }

    /// How many of a round's questions were answered here, and how many had to be asked.
    void count(std::size_t known, std::size_t asked);
    std::size_t known() const { return known_; }
    std::size_t asked() const { return asked_; }
    /// Files that were damaged.
    const std::vector<std::filesystem::path>& damaged() const { return damaged_; }

private:
    void read(const std::filesystem::path& file);

    std::filesystem::path cache_;
    std::filesystem::path folder_;
    std::string description_;
    std::unordered_map<std::string, std::string> answers_;
    std::vector<std::filesystem::path> damaged_;
    std::size_t known_ = 0;
    std::size_t asked_ = 0;
};

}  // namespace trommel
