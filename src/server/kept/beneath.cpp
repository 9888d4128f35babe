#include "server/kept/beneath.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

namespace trommel::server {

namespace {

constexpr int as_folder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

/// The folder that the file of the place is in; made on the way where that is asked for.
Descriptor folder_of(const PathBelow& place, bool is_made) {
    Descriptor folder(::open(place.base.c_str(), as_folder));
    for (const auto& part : place.below.parent_path()) {
        if (!folder) return folder;
        if (is_made && ::mkdirat(folder.get(), part.c_str(), 0700) != 0 && errno != EEXIST)
            return Descriptor();
        folder = Descriptor(::openat(folder.get(), part.c_str(), as_folder | O_NOFOLLOW));
    }
    return folder;
}

}  // namespace

Descriptor open_beneath(const PathBelow& place) {
    const auto folder = folder_of(place, false);
    if (!folder) return Descriptor();
    // A pipe must not let the caller wait.
    Descriptor file(::openat(folder.get(),
                             place.below.filename().c_str(),
                             O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return Descriptor();
    return file;
}

int move_beneath(const std::filesystem::path& file, const PathBelow& place) {
    const auto folder = folder_of(place, true);
    if (!folder) return errno;
    if (::renameat(AT_FDCWD, file.c_str(), folder.get(), place.below.filename().c_str()) != 0)
        return errno;
    ::fsync(folder.get());
    return 0;
}

}  // namespace trommel::server
