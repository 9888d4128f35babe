#include "bench/watched_child.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <string>
#include <thread>

namespace trommel::bench {
namespace {

/// Bytes in a line of the process's status; 0 where it is not there.
double bytes_of(pid_t process, const std::string& name) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name + ":")) return 1024 * std::stod(line.substr(name.size() + 1));
    return 0;
}

}  // namespace

WatchedChild watch_child(std::vector<std::string> arguments) {
    using namespace std::chrono_literals;
    arguments.insert(arguments.begin(), "/proc/self/exe");
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int ends[2];
    if (::pipe(ends) != 0) std::terminate();
    const auto begin = std::chrono::steady_clock::now();
    const pid_t process = ::fork();
    if (process == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    WatchedChild child;
    for (int status = 0; ::waitpid(process, &status, WNOHANG) == 0;) {
        child.peak_anonymous = std::max(child.peak_anonymous, bytes_of(process, "RssAnon"));
        child.peak_resident = std::max(child.peak_resident, bytes_of(process, "VmHWM"));
        std::this_thread::sleep_for(2ms);
    }
    child.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::string printed(64, '\0');
    const auto count = ::read(ends[0], printed.data(), printed.size());
    ::close(ends[0]);
    child.result = count <= 0 ? -1 : std::stod(printed);
    return child;
}

}  // namespace trommel::bench
