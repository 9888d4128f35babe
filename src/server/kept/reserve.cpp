#include "server/kept/reserve.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

namespace trommel::server {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t least_reserve = std::uint64_t{1} << 20;

std::uint64_t free_bytes(const fs::path& folder) {
    std::error_code error;
    const auto space = fs::space(folder, error);
    return error ? 0 : space.available;
}

}  // namespace

Reserve::Reserve(const fs::path& folder) : file_(folder / "reserve") { make(); }

bool Reserve::release() {
    const std::lock_guard lock(mutex_);
    if (is_released_) return false;
    std::error_code error;
    const auto kept = fs::file_size(file_, error);
    released_ = error ? 0 : kept;
    ::unlink(file_.c_str());
    is_released_ = true;
    return true;
}

bool Reserve::make() {
    const std::lock_guard lock(mutex_);
    std::error_code error;
    const auto kept = fs::file_size(file_, error);
    const auto has = error ? 0 : kept;
    const auto room = free_bytes(file_.parent_path()) + has;
    // What was released is whole again before anything else takes of it.
    if (is_released_ && released_ > 0 && room < released_ + least_reserve) return false;
    const auto wanted = released_ > 0 ? released_ : std::min(most, room / 2);
    if (wanted < least_reserve || (has < wanted && !take(wanted))) {
        ::unlink(file_.c_str());
        is_released_ = true;
        return false;
    }
    is_released_ = false;
    return true;
}

bool Reserve::take(std::uint64_t bytes) const {
    const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return false;
    const bool is_taken = ::posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0;
    ::close(file);
    return is_taken;
}

}  // namespace trommel::server
