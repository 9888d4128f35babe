// The calls by which programs change files, each asking the plan first. Preloaded, these come
// before those of the C library, for the program and for the libraries that it uses.
//
// They go straight to the kernel, so that none calls another. What the C library does inside, as
// printf to a FILE, is not seen; streams of C++ are.

#include "faults/disk.hpp"
#include "faults/plan.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <string>

namespace {

using trommel::faults::Disk;
using trommel::faults::Effect;
using trommel::faults::Fate;
using trommel::faults::Plan;

/// Before the program begins, so that the plan is out of the environment.
[[gnu::constructor]] void read_plan() { Plan::of_this_process(); }

[[noreturn]] void die() {
    for (;;) ::kill(::getpid(), SIGKILL);
}

std::string path_of(int file) {
    char path[PATH_MAX];
    const auto link = "/proc/self/fd/" + std::to_string(file);
    const auto size = ::readlink(link.c_str(), path, sizeof path);
    return size < 0 ? std::string() : std::string(path, static_cast<std::size_t>(size));
}

/// Where a name leads to that may not exist yet; its folder does.
std::string path_of(int folder, const char* name) {
    std::filesystem::path file(name);
    if (folder != AT_FDCWD && file.is_relative()) file = path_of(folder) / file;
    char parent[PATH_MAX];
    if (::realpath(file.has_parent_path() ? file.parent_path().c_str() : ".", parent) == nullptr)
        return file;
    return std::filesystem::path(parent) / file.filename();
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

int error_of(Fate fate) {
    if (fate == Fate::cut_power) Disk::of_this_process().lose_the_rest();
    if (fate == Fate::kill || fate == Fate::cut_power) die();
    if (fate == Fate::no_space) return ENOSPC;
    return fate == Fate::no_sync ? EIO : 0;
}

/// What `act` returns, or -1 where the call is to fail.
template <typename Act>
auto carry_out(Fate fate, const Act& act) -> decltype(act()) {
    if (const int error = error_of(fate); error != 0) {
        errno = error;
        return -1;
    }
    const auto result = act();
    if (fate == Fate::tear) die();
    return result;
}

/// `write_bytes(size)` with the size that the plan leaves of it.
template <typename Write>
ssize_t write_some(const char* call, int file, std::size_t size, const Write& write_bytes) {
    const auto path = path_of(file);
    const auto fate = Plan::of_this_process().next(call, Effect::bytes, path);
    if (Plan::of_this_process().concerns(path)) Disk::of_this_process().written(path);
    const auto part = fate == Fate::tear ? size / 2 : size;
    return carry_out(fate, [&] { return static_cast<ssize_t>(write_bytes(part)); });
}

int sync(const char* call, long number, int file) {
    const auto path = path_of(file);
    const auto fate = Plan::of_this_process().next(call, Effect::sync, path);
    const int failed = carry_out(fate, [&] { return static_cast<int>(syscall(number, file)); });
    if (failed == 0) Disk::of_this_process().synced(path);
    return failed;
}

int open_file(int folder, const char* name, int flags, unsigned mode) {
    const auto open = [&] {
        return static_cast<int>(syscall(SYS_openat, folder, name, flags, mode));
    };
    if ((flags & O_CREAT) == 0) return open();
    const auto path = path_of(folder, name);
    const auto effect = exists(path) ? Effect::other : Effect::create;
    return carry_out(Plan::of_this_process().next("open", effect, path), open);
}

int resize(int file, off_t size) {
    const auto fate = Plan::of_this_process().next("ftruncate", Effect::other, path_of(file));
    return carry_out(fate, [&] { return static_cast<int>(syscall(SYS_ftruncate, file, size)); });
}

/// The permissions that a call of open brings where it may make a file.
unsigned mode_of(int flags, std::va_list rest) {
    return (flags & O_CREAT) != 0 ? va_arg(rest, unsigned) : 0;
}

std::size_t size_of(const iovec* parts, int count) {
    std::size_t size = 0;
    for (int i = 0; i < count; ++i) size += parts[i].iov_len;
    return size;
}

/// The first `size` bytes of `parts`, piece by piece.
ssize_t write_front(int file, const iovec* parts, std::size_t size) {
    std::size_t left = size;
    for (const iovec* part = parts; left > 0; ++part) {
        const auto piece = std::min(left, part->iov_len);
        if (syscall(SYS_write, file, part->iov_base, piece) < 0) return -1;
        left -= piece;
    }
    return static_cast<ssize_t>(size);
}

using OpenStream = FILE* (*)(const char*, const char*);

FILE* open_stream(const char* name, const char* mode) {
    static const auto real = reinterpret_cast<OpenStream>(dlsym(RTLD_NEXT, "fopen64"));
    if (*mode == 'r') return real(name, mode);
    const auto path = path_of(AT_FDCWD, name);
    const auto effect = exists(path) ? Effect::other : Effect::create;
    const auto fate = Plan::of_this_process().next("open", effect, path);
    FILE* stream = nullptr;
    const int failed = carry_out(fate, [&] {
        stream = real(name, mode);
        return 0;
    });
    return failed == 0 ? stream : nullptr;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* data, size_t size) {
    return write_some(
        "write", file, size, [&](size_t part) { return syscall(SYS_write, file, data, part); });
}

ssize_t pwrite64(int file, const void* data, size_t size, off64_t place) {
    return write_some("pwrite", file, size, [&](size_t part) {
        return syscall(SYS_pwrite64, file, data, part, place);
    });
}

ssize_t pwrite(int file, const void* data, size_t size, off_t place) {
    return pwrite64(file, data, size, place);
}

ssize_t writev(int file, const iovec* parts, int count) {
    const auto size = size_of(parts, count);
    return write_some("writev", file, size, [&](size_t part) {
        return part < size ? write_front(file, parts, part)
                           : syscall(SYS_writev, file, parts, count);
    });
}

int fsync(int file) { return sync("fsync", SYS_fsync, file); }

int fdatasync(int file) { return sync("fdatasync", SYS_fdatasync, file); }

int ftruncate(int file, off_t size) noexcept { return resize(file, size); }

int ftruncate64(int file, off64_t size) noexcept { return resize(file, size); }

int rename(const char* from, const char* to) noexcept {
    const auto path = path_of(AT_FDCWD, to);
    const auto fate = Plan::of_this_process().next("rename", Effect::other, path);
    return carry_out(fate, [&] {
        Disk::of_this_process().renamed(path_of(AT_FDCWD, from), path);
        return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
    });
}

int unlink(const char* name) noexcept {
    const auto path = path_of(AT_FDCWD, name);
    const auto fate = Plan::of_this_process().next("unlink", Effect::other, path);
    struct stat status {};
    if (::stat(name, &status) == 0) Plan::of_this_process().removing(path, status.st_size);
    return carry_out(fate,
                     [&] { return static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, name, 0)); });
}

int open(const char* name, int flags, ...) {
    std::va_list rest;
    va_start(rest, flags);
    const auto mode = mode_of(flags, rest);
    va_end(rest);
    return open_file(AT_FDCWD, name, flags, mode);
}

int open64(const char* name, int flags, ...) {
    std::va_list rest;
    va_start(rest, flags);
    const auto mode = mode_of(flags, rest);
    va_end(rest);
    return open_file(AT_FDCWD, name, flags, mode);
}

int openat(int folder, const char* name, int flags, ...) {
    std::va_list rest;
    va_start(rest, flags);
    const auto mode = mode_of(flags, rest);
    va_end(rest);
    return open_file(folder, name, flags, mode);
}

int openat64(int folder, const char* name, int flags, ...) {
    std::va_list rest;
    va_start(rest, flags);
    const auto mode = mode_of(flags, rest);
    va_end(rest);
    return open_file(folder, name, flags, mode);
}

FILE* fopen(const char* name, const char* mode) { return open_stream(name, mode); }

FILE* fopen64(const char* name, const char* mode) { return open_stream(name, mode); }

}  // extern "C"
