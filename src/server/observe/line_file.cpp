#include "server/observe/line_file.hpp"

#include "trommel/core/patient_write.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <new>
#include <string>
#include <system_error>

namespace trommel::server {

LineFile::LineFile(LineFileOptions options) : options_(std::move(options)) {}

LineFile::~LineFile() { close(); }

void LineFile::close() noexcept {
    if (!options_.file.empty() && descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

/// A pipe that nobody reads is an error here and not a wait for a reader.
int LineFile::open() noexcept {
    if (descriptor_ >= 0) return 0;
    descriptor_ = options_.file.empty()
                      ? STDERR_FILENO
                      : ::open(options_.file.c_str(),
                               O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                               options_.mode);
    if (descriptor_ < 0) return errno;
    struct stat is {};
    is_regular_ = ::fstat(descriptor_, &is) == 0 && S_ISREG(is.st_mode);
    size_ = is_regular_ ? static_cast<std::uint64_t>(is.st_size) : 0;
    return 0;
}

std::filesystem::path LineFile::numbered(unsigned number) const {
    auto path = options_.file;
    path += "." + std::to_string(number);
    return path;
}

void LineFile::put_aside() {
    std::error_code ignored;
    for (unsigned i = options_.keep; i > 1; --i)
        std::filesystem::rename(numbered(i - 1), numbered(i), ignored);
    if (options_.keep > 0)
        std::filesystem::rename(options_.file, numbered(1), ignored);
    else
        std::filesystem::remove(options_.file, ignored);
}

/// Where the file cannot be put aside it grows on: its lines count for more than its size.
int LineFile::make_room(std::size_t bytes) noexcept {
    const bool is_ours = is_regular_ && !options_.file.empty();
    if (!is_ours || size_ == 0 || size_ + bytes <= options_.max_size) return 0;
    try {
        put_aside();
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    }
    close();
    return open();
}

int LineFile::write(std::string_view line, std::chrono::milliseconds patience) noexcept {
    if (const int error = open(); error != 0) return error;
    if (const int error = make_room(line.size()); error != 0) return error;
    const auto wait = is_read_ ? patience : std::chrono::milliseconds(0);
    if (is_torn_ && write_within(descriptor_, "\n", wait).bytes == 1) is_torn_ = false;
    const auto written = write_within(descriptor_, line, wait);
    is_read_ = written.error != ETIMEDOUT;
    size_ += written.bytes;
    if (written.error != 0) forget_part(written.bytes);
    return written.error;
}

/// Half a line would make the next one part of it.
void LineFile::forget_part(std::size_t bytes) noexcept {
    const bool is_ours = !options_.file.empty();
    if (is_ours && is_regular_ && ::ftruncate(descriptor_, off_t(size_ - bytes)) == 0)
        size_ -= bytes;
    else if (bytes > 0)
        is_torn_ = true;
    if (is_ours) close();
}

}  // namespace trommel::server
