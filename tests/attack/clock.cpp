// Moves the wall clock of a program into which it is preloaded, while it runs.
//
// `TROMMEL_CLOCK` names a file whose text is a number of seconds, by which all clocks that tell the
// date are moved. What counts time that has passed, CLOCK_MONOTONIC, goes on as it is, as it does
// when a machine's clock is set.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

const char* file_of_offset() {
    static const char* const file = std::getenv("TROMMEL_CLOCK");
    return file;
}

time_t offset() {
    const char* const file = file_of_offset();
    if (file == nullptr) return 0;
    const auto opened = static_cast<int>(syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC));
    if (opened < 0) return 0;
    char text[32]{};
    syscall(SYS_read, opened, text, sizeof text - 1);
    syscall(SYS_close, opened);
    return std::atoll(text);
}

bool tells_date(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
    const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
    if (result == 0 && tells_date(clock)) time->tv_sec += offset();
    return result;
}

int gettimeofday(timeval* time, void*) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t* result) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (result != nullptr) *result = now.tv_sec;
    return now.tv_sec;
}

}  // extern "C"
