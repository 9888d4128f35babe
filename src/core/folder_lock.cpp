#include "trommel/core/folder_lock.hpp"

#include "trommel/core/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace trommel {
namespace {

using namespace std::chrono_literals;

std::filesystem::path lock_file(const std::filesystem::path& directory) {
    return directory / "lock";
}

/// The process that wrote its id into the file; 0 if none did.
pid_t written_id(int descriptor) {
    std::array<char, 32> text{};
    if (::pread(descriptor, text.data(), text.size() - 1, 0) <= 0) return 0;
    return static_cast<pid_t>(std::strtol(text.data(), nullptr, 10));
}

/// Whether it could be had. Whoever only looks whether it is held holds it for an instant, so one
/// refusal is none.
bool take(int descriptor) {
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return true;
        if (errno != EWOULDBLOCK && errno != EINTR) return false;
        std::this_thread::sleep_for(20ms);
    }
    errno = EWOULDBLOCK;
    return false;
}

[[noreturn]] void refuse(const std::filesystem::path& directory, int descriptor, int error) {
    const pid_t owner = written_id(descriptor);
    ::close(descriptor);
    if (error != EWOULDBLOCK)
        throw Error(fmt::format("{}: cannot lock: {}",
                                lock_file(directory).string(),
                                std::generic_category().message(error)));
    throw Error(
        fmt::format("{} is in use by process {}; wait until it has ended, or stop it with: "
                    "kill {}",
                    directory.string(),
                    owner,
                    owner));
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& directory)
    : descriptor_(::open(lock_file(directory).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0)
        throw Error(fmt::format("{}: cannot write: {}",
                                lock_file(directory).string(),
                                std::generic_category().message(errno)));
    if (!take(descriptor_)) refuse(directory, std::exchange(descriptor_, -1), errno);
    const std::string id = std::to_string(::getpid()) + '\n';
    // Where the disk is full the lock is still held; only its error message knows no process.
    if (::ftruncate(descriptor_, 0) == 0 && ::write(descriptor_, id.data(), id.size()) < 0) return;
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<pid_t> FolderLock::holder(const std::filesystem::path& directory) {
    const int descriptor = ::open(lock_file(directory).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    std::optional<pid_t> owner;
    if (::flock(descriptor, LOCK_SH | LOCK_NB) != 0) owner = written_id(descriptor);
    ::close(descriptor);
    return owner;
}

}  // namespace trommel
