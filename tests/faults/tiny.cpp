// A tiny program for the tests of the fault library: does to files what its arguments say, and
// prints how each step ended.
//
//   tiny [create | write | pwrite | writev | stream | sync | empty | remove FILE]…
//   tiny [FROM TO]… renames, tiny [shell LINE]… starts a shell

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace {

constexpr char text[] = "ten bytes\n";
constexpr std::size_t length = sizeof text - 1;

/// `act` on the file, opened for writing; what `act` returns.
template <typename Act>
long on(const std::string& name, const Act& act) {
    const int file = ::open(name.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    const long result = act(file);
    const int error = errno;
    ::close(file);
    errno = error;
    return result;
}

long create(const std::string& name) {
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return file < 0 ? -1 : ::close(file);
}

long write_parts(int file) {
    char parts[length];
    std::memcpy(parts, text, length);
    const iovec two[] = {{parts, 4}, {parts + 4, length - 4}};
    return ::writev(file, two, 2);
}

/// Below 0 when it failed, with errno.
long step(const std::string& verb, const std::string& name) {
    if (verb == "create") return create(name);
    if (verb == "write") return on(name, [](int file) { return ::write(file, text, length); });
    if (verb == "pwrite")
        return on(name, [](int file) { return ::pwrite(file, text, length, length); });
    if (verb == "writev") return on(name, write_parts);
    if (verb == "stream") return (std::ofstream(name, std::ios::app) << text).flush() ? 0 : -1;
    if (verb == "sync") return on(name, ::fsync);
    if (verb == "empty") return on(name, [](int file) { return ::ftruncate(file, 0); });
    if (verb == "remove") return ::unlink(name.c_str());
    if (verb == "shell") return std::system(name.c_str());
    return std::rename(verb.c_str(), name.c_str());
}

}  // namespace

int main(int count, char** arguments) {
    for (int i = 1; i + 1 < count; i += 2) {
        const long result = step(arguments[i], arguments[i + 1]);
        std::printf("%s %s: %s\n",
                    arguments[i],
                    arguments[i + 1],
                    result < 0 ? std::strerror(errno) : "ok");
        std::fflush(stdout);
    }
}
