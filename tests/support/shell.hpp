#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace trommel::test {

struct Finished {
    int code = 0;
    std::string output{};  ///< standard output and standard error, as they came
};

/// Runs a line of shell as a user types it.
inline Finished shell(const std::string& line) {
    Finished finished;
    std::FILE* pipe = ::popen(("(" + line + ") 2>&1 < /dev/null").c_str(), "r");
    char buffer[4096];
    for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        finished.output.append(buffer, count);
    const int status = ::pclose(pipe);
    finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return finished;
}

}  // namespace trommel::test
