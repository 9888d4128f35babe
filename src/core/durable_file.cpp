#include "trommel/core/durable_file.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/no_space.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trommel {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what, int error) {
    const auto message = fmt::format(
        "{}: cannot {}: {}", file.string(), what, std::generic_category().message(error));
    if (is_no_space(error)) throw NoSpaceError(message + "; free some space and try again");
    throw Error(message);
}

/// A file that is open until the end of its scope.
class OpenFile {
public:
    OpenFile(const std::filesystem::path& file, int flags, std::string_view what)
        : descriptor_(::open(file.c_str(), flags | O_CLOEXEC, 0666)) {
        if (descriptor_ < 0) fail(file, what, errno);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() { ::close(descriptor_); }

    int get() const { return descriptor_; }

private:
    int descriptor_;
};

/// 0, or why it failed.
int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

void write_new(const std::filesystem::path& file, std::string_view content, bool sync) {
    const OpenFile draft(file, O_WRONLY | O_CREAT | O_TRUNC, "write");
    if (const int error = write_all(draft.get(), content); error != 0) fail(file, "write", error);
    if (sync && ::fsync(draft.get()) != 0) fail(file, "sync", errno);
}

void rename_to(const std::filesystem::path& draft, const std::filesystem::path& file) {
    if (::rename(draft.c_str(), file.c_str()) != 0) fail(file, "replace", errno);
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

std::filesystem::path draft_of(const std::filesystem::path& file) {
    return folder_of(file) / ("." + file.filename().string() + ".new");
}

}  // namespace

bool is_no_space(int error) { return error == ENOSPC || error == EDQUOT; }

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) fail(folder, "make the directory", error.value());
}

void replace_file(const std::filesystem::path& file, std::string_view content) {
    write_draft(file, content);
    publish_draft(file);
    sync_folder(folder_of(file));
}

void write_draft(const std::filesystem::path& file, std::string_view content) {
    write_new(draft_of(file), content, true);
}

void publish_draft(const std::filesystem::path& file) { rename_to(draft_of(file), file); }

void sync_folder(const std::filesystem::path& folder) {
    const OpenFile opened(folder, O_RDONLY | O_DIRECTORY, "open");
    if (::fsync(opened.get()) != 0) fail(folder, "sync", errno);
}

void replace_derived_file(const std::filesystem::path& file, std::string_view content) {
    const auto draft = draft_of(file);
    write_new(draft, content, false);
    rename_to(draft, file);
}

std::string read_file(const std::filesystem::path& file) {
    const OpenFile opened(file, O_RDONLY, "read");
    std::string content;
    char buffer[1 << 16];
    for (;;) {
        const auto count = ::read(opened.get(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(file, "read", errno);
        if (count == 0) return content;
        content.append(buffer, static_cast<std::size_t>(count));
    }
}

GrowingFile::GrowingFile(std::filesystem::path file)
    : file_(std::move(file)),
      descriptor_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) fail(file_, "write", errno);
    struct stat status {};
    ::fstat(descriptor_, &status);
    size_ = static_cast<std::uint64_t>(status.st_size);
    if (size_ == 0) sync_folder(folder_of(file_));  // it is new: its name has to survive too
}

GrowingFile::~GrowingFile() { ::close(descriptor_); }

void GrowingFile::append(std::string_view bytes) {
    refuse_if_broken();
    if (const int error = write_all(descriptor_, bytes); error != 0) {
        // Half a line in the middle of a file would damage all that follows.
        broken_ = ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0;
        fail(file_, "write", error);
    }
    size_ += bytes.size();
}

void GrowingFile::sync() {
    refuse_if_broken();
    if (::fdatasync(descriptor_) == 0) return;
    broken_ = true;
    fail(file_, "sync", errno);
}

void GrowingFile::cut(std::uint64_t size) {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail(file_, "shorten", errno);
    size_ = size;
}

void GrowingFile::refuse_if_broken() const {
    if (broken_)
        throw Error(
            fmt::format("{}: takes nothing more, because an earlier write failed", file_.string()));
}

}  // namespace trommel
