#include "runtime/spawn.hpp"

#include "trommel/core/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace trommel {
namespace {

[[noreturn]] void throw_system(int error, const char* what) {
    throw std::system_error(error, std::generic_category(), what);
}

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_system(errno, "pipe2");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// What the child does between fork and exec. The calls fail only for want of memory.
class Actions {
public:
    Actions() { posix_spawn_file_actions_init(&actions_); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    ~Actions() { posix_spawn_file_actions_destroy(&actions_); }

    void connect(const UniqueFd& ours, int theirs) {
        check(posix_spawn_file_actions_adddup2(&actions_, ours.get(), theirs));
    }
    void enter(const std::filesystem::path& directory) {
        check(posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str()));
    }
    /// Sockets of Asio are not close-on-exec: a child would keep a dead connection open.
    void close_others() { check(posix_spawn_file_actions_addclosefrom_np(&actions_, 3)); }

    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    static void check(int error) {
        if (error != 0) throw_system(error, "posix_spawn_file_actions");
    }

    posix_spawn_file_actions_t actions_;
};

/// Its own process group, and signals as a fresh program expects them.
class Attributes {
public:
    Attributes() {
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t defaults;
        sigemptyset(&none);
        sigemptyset(&defaults);
        for (const int signal : {SIGPIPE, SIGXFSZ, SIGTERM, SIGCHLD}) sigaddset(&defaults, signal);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &defaults);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }

    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_;
};

/// Our environment with the additions of `spec`, as `NAME=value`.
std::vector<std::string> environment_of(const ProcessSpec& spec) {
    std::vector<std::string> entries;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!spec.environment.contains(text.substr(0, text.find('=')))) entries.push_back(text);
    }
    for (const auto& [name, value] : spec.environment)
        entries.push_back(fmt::format("{}={}", name, value));
    return entries;
}

/// The array of C strings that exec wants; `texts` outlives it.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

[[noreturn]] void throw_cannot_start(const std::string& program, int error) {
    const std::string reason = std::generic_category().message(error);
    const char* way_out = "see whether it starts by hand";
    if (error == ENOENT) way_out = "install it, correct its name, or add its folder to PATH";
    if (error == EACCES) way_out = "make the file executable (chmod +x)";
    if (error == ENOEXEC) way_out = "start it through its interpreter";
    throw Error(fmt::format("cannot start '{}': {}; {}", program, reason, way_out));
}

void check(const ProcessSpec& spec) {
    if (spec.argv.empty() || spec.argv.front().empty())
        throw Error("cannot start a program without a name; give it as the first word");
    if (!spec.directory.empty() && !std::filesystem::is_directory(spec.directory))
        throw Error(fmt::format("cannot start '{}' in '{}': there is no such folder; make it first",
                                spec.argv.front(),
                                spec.directory.string()));
}

/// pidfd_open(2), for which glibc 2.36 has no wrapper that C++ can include. None for a program that
/// has ended and that the kernel has reaped, as it does where SIGCHLD is ignored.
UniqueFd watch(pid_t pid) {
    const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (fd >= 0) return UniqueFd(fd);
    const int error = errno;
    if (error == ESRCH) return {};
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    throw_system(error, "pidfd_open (Linux 5.4 or later is needed)");
}

}  // namespace

UniqueFd::~UniqueFd() {
    if (fd_ >= 0) ::close(fd_);
}

Spawned spawn(const ProcessSpec& spec) {
    check(spec);
    Pipe input = make_pipe();
    Pipe output = make_pipe();
    Pipe errors = make_pipe();
    Actions actions;
    actions.connect(input.read, STDIN_FILENO);
    actions.connect(output.write, STDOUT_FILENO);
    actions.connect(errors.write, STDERR_FILENO);
    if (!spec.directory.empty()) actions.enter(spec.directory);
    actions.close_others();

    const Attributes attributes;
    std::vector<std::string> arguments = spec.argv;
    std::vector<std::string> variables = environment_of(spec);
    const auto argv = pointers_to(arguments);
    const auto envp = pointers_to(variables);
    pid_t pid = 0;
    const int error = ::posix_spawnp(
        &pid, argv.front(), actions.get(), attributes.get(), argv.data(), envp.data());
    if (error != 0) throw_cannot_start(spec.argv.front(), error);
    return {
        pid, watch(pid), std::move(input.write), std::move(output.read), std::move(errors.read)};
}

}  // namespace trommel
