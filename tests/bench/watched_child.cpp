#include "bench/watched_child.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <sstream>
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

WatchedChild watch_child(const std::function<double()>& work) {
    using namespace std::chrono_literals;
    int ends[2];
    if (::pipe(ends) != 0) std::terminate();
    const auto begin = std::chrono::steady_clock::now();
    const pid_t process = ::fork();
    if (process == 0) {
        double result = -1;
        try {
            result = work();
        } catch (const std::exception& error) {
            fmt::print(stderr, "{}\n", error.what());
        }
        const auto written = ::write(ends[1], &result, sizeof result);
        ::_exit(written == sizeof result ? 0 : 1);
    }
    WatchedChild child;
    for (int status = 0; ::waitpid(process, &status, WNOHANG) == 0;) {
        child.peak_anonymous = std::max(child.peak_anonymous, bytes_of(process, "RssAnon"));
        child.peak_resident = std::max(child.peak_resident, bytes_of(process, "VmHWM"));
        std::this_thread::sleep_for(2ms);
    }
    child.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (::read(ends[0], &child.result, sizeof child.result) != sizeof child.result)
        child.result = -1;
    ::close(ends[0]);
    ::close(ends[1]);
    return child;
}

}  // namespace trommel::bench
