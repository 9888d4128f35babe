#include "cli/process/stop_by_signal.hpp"

#include <csignal>
#include <cstdlib>

namespace trommel::cli {
namespace {

sigset_t ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

/// Ends the program as the signal would have.
[[noreturn]] void end_by(int signal) {
    const auto signals = ending_signals();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    std::abort();
}

/// Looks up now and then whether it is to end itself.
void watch(const std::stop_token& end, std::stop_source& stop) {
    const auto signals = ending_signals();
    constexpr timespec while_waiting{.tv_sec = 0, .tv_nsec = 20'000'000};
    while (!end.stop_requested()) {
        const int signal = sigtimedwait(&signals, nullptr, &while_waiting);
        if (signal < 0) continue;
        if (stop.stop_requested()) end_by(signal);
        stop.request_stop();
    }
}

}  // namespace

StopBySignal::StopBySignal() {
    const auto signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    watch_ = std::jthread([this](const std::stop_token& end) { watch(end, stop_); });
}

}  // namespace trommel::cli
