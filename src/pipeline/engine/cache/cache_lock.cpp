#include "pipeline/engine/cache/cache_lock.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trommel {
namespace {

int open_lock(const std::filesystem::path& folder) {
    make_folder(folder);
    return ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
}

bool take(int descriptor, int how) {
    while (::flock(descriptor, how) != 0)
        if (errno != EINTR) return false;
    return true;
}

}  // namespace

CacheLock::CacheLock(const std::filesystem::path& folder, Mode mode)
    : descriptor_(open_lock(folder)) {
    if (descriptor_ >= 0 && take(descriptor_, mode == Mode::shared ? LOCK_SH : LOCK_EX)) return;
    const int error = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    throw Error(fmt::format(
        "{}: cannot lock the cache: {}", folder.string(), std::generic_category().message(error)));
}

CacheLock::~CacheLock() { ::close(descriptor_); }

}  // namespace trommel
