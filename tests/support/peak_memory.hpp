#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace trommel::test {

struct Watched {
    int code = 0;
    std::size_t peak = 0;  ///< bytes resident at once, pages of mapped files included
};

/// Runs a program, its output in a file, and uses its memory every millisecond.
inline Watched watch(std::vector<std::string> arguments, const std::string& output) {
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t process = ::fork();
    if (process == 0) {
        const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(file, STDOUT_FILENO);
        ::dup2(file, STDERR_FILENO);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    Watched watched;
    int status = 0;
    while (::waitpid(process, &status, WNOHANG) == 0) {
        std::ifstream lines("/proc/" + std::to_string(process) + "/status");
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("VmHWM:"))
                watched.peak = std::max(watched.peak, 1024 * std::stoul(line.substr(6)));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    watched.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return watched;
}

}  // namespace trommel::test
