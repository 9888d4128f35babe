#include "trommel/core/private_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace trommel {

bool keep_to_owner(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return errno == ENOENT;
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return true;
    return ::chmod(path.c_str(), status.st_mode & S_IRWXU) == 0;
}

int make_private_file(const std::filesystem::path& file) {
    const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0) return errno == EEXIST ? 0 : errno;
    ::close(made);
    return 0;
}

}  // namespace trommel
