// Files that survive the death of the process and of the machine: the one place that writes them.
//
// Every failure is an Error that names the file and the reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace trommel {

/// Makes the folder and those above it, if they are not there.
void make_folder(const std::filesystem::path& folder);

/// Replaces the file in one step, so that nobody ever meets half of it: a draft beside it is
/// written and synced, then renamed, then the folder is synced. When it returns, the file survives
/// a power failure.
void replace_file(const std::filesystem::path& file, std::string_view content);

/// Its two halves, for those who have more to bring to the disk between them. The draft is on the
/// disk when write_draft returns.
void write_draft(const std::filesystem::path& file, std::string_view content);
void publish_draft(const std::filesystem::path& file);

/// The same in one step, but not synced: for what can be made again from other files.
void replace_derived_file(const std::filesystem::path& file, std::string_view content);

/// The whole file.
std::string read_file(const std::filesystem::path& file);

/// A file that only grows. Not to be used by two threads at once.
class GrowingFile {
public:
    /// Opens the file, or makes it; its end is where the next bytes go.
    explicit GrowingFile(std::filesystem::path file);
    GrowingFile(const GrowingFile&) = delete;
    GrowingFile& operator=(const GrowingFile&) = delete;
    ~GrowingFile();

    const std::filesystem::path& path() const { return file_; }
    std::uint64_t size() const { return size_; }

    /// Adds the bytes. Where that fails, the file is as long as before.
    void append(std::string_view bytes);
    /// What was added survives a power failure. After a failure here the file takes nothing more,
    /// because nobody knows then what the disk holds.
    void sync();
    /// Forgets all bytes from `size` on.
    void cut(std::uint64_t size);

private:
    void refuse_if_broken() const;

    std::filesystem::path file_;
    int descriptor_;
    std::uint64_t size_ = 0;
    bool broken_ = false;
};

}  // namespace trommel
