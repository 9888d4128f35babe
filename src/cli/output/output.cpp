#include "cli/output/output.hpp"

#include "trommel/core/patient_write.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <system_error>

namespace trommel::cli {
namespace {

using std::chrono::milliseconds;

/// How long a run waits for who reads its progress.
constexpr milliseconds progress_patience{100};

bool is_closed(int descriptor) { return ::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF; }

[[noreturn]] void fail_to_write(int error) {
    if (error == EPIPE) throw ReaderGone();
    throw Error(
        fmt::format("cannot write the results to standard output: {}; make room there, or "
                    "send them elsewhere",
                    std::generic_category().message(error)));
}

}  // namespace

void prepare_standard_streams() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        // The lowest number that is free is this one.
        if (is_closed(descriptor) && ::open("/dev/null", O_RDWR) != descriptor) std::_Exit(1);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

void write_result(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail_to_write(errno);
}

void flush_results() {
    if (std::fflush(stdout) != 0) fail_to_write(errno);
}

void end_without_reader() {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    std::_Exit(128 + SIGPIPE);
}

void write_note(std::string_view text) noexcept { write_within(STDERR_FILENO, text, std::nullopt); }

void write_progress(std::string_view text) noexcept {
    static bool is_read = true;
    // Who did not read the last piece in time is not waited for again until they do.
    const auto patience = is_read ? progress_patience : milliseconds(0);
    is_read = write_within(STDERR_FILENO, text, patience).error == 0;
}

}  // namespace trommel::cli
