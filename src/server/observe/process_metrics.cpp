#include "server/observe/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace trommel::server {

namespace {

double bytes_of_pages(int column) {
    std::ifstream pages("/proc/self/statm");
    double count = 0;
    for (int i = 0; i <= column; ++i) pages >> count;
    return count * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

double open_descriptors() {
    std::error_code error;
    const std::filesystem::directory_iterator all("/proc/self/fd", error);
    return error ? 0 : static_cast<double>(std::distance(begin(all), end(all))) - 1;
}

double most_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

double seconds_of_clock(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// From 1970. Not from /proc/stat, which a hardened service does not see.
double boot_time() { return seconds_of_clock(CLOCK_REALTIME) - seconds_of_clock(CLOCK_BOOTTIME); }

/// proc(5): the 22nd field of stat, after a name in parentheses that may hold anything.
double start_time() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string field;
    for (int i = 3; i <= 22; ++i) fields >> field;
    const double ticks = field.empty() ? 0 : std::stod(field);
    return boot_time() + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

void watch_process(Metrics& metrics) {
    metrics.watch(
        "process_virtual_memory_bytes", "Address space in use", [] { return bytes_of_pages(0); });
    metrics.watch(
        "process_resident_memory_bytes", "Memory in use", [] { return bytes_of_pages(1); });
    metrics.watch("process_open_fds", "Open file descriptors", open_descriptors);
    metrics.watch("process_max_fds", "Descriptors that may be open", most_descriptors);
    metrics.watch_count("process_cpu_seconds_total", "Time on a CPU", cpu_seconds);
    metrics.watch("process_start_time_seconds",
                  "Since when it runs, from 1970",
                  [begin = start_time()] { return begin; });
}

}  // namespace trommel::server
