#include "cut_files.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace trommel::dataset {
namespace {

/// A signal handler may use this: nothing but lock-free atomics.
struct Watched {
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};  ///< 0: the slot is free
    std::atomic<bool> was_cut{false};
};

constexpr std::size_t slots = 256;
std::array<Watched, slots> watched;
struct sigaction before {};

/// As if there had been no handler: the one before, or the end of the program.
void pass_on(int signal, siginfo_t* info, void* context) {
    if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction != nullptr)
        return before.sa_sigaction(signal, info, context);
    if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        return before.sa_handler(signal);
    std::signal(SIGBUS, SIG_DFL);  // the read is tried again and meets it
}

/// Puts a page of zeros where the file has none any more. mmap is a plain system call on Linux and
/// as such safe here, though POSIX does not list it.
void on_bus_error(int signal, siginfo_t* info, void* context) {
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (auto& mapping : watched) {
        if (address < mapping.begin.load() || address >= mapping.end.load()) continue;
        const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        mapping.was_cut.store(true);
        auto* const at = static_cast<char*>(info->si_addr) - address % page;
        const void* zeros =
            ::mmap(at, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (zeros != MAP_FAILED) return;
    }
    pass_on(signal, info, context);
}

void install() {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &before);
}

std::size_t free_slot() {
    for (std::size_t i = 0; i < slots; ++i) {
        std::uintptr_t free = 0;
        // Taken by an end that no address lies before, until the true one is stored.
        if (watched.at(i).end.compare_exchange_strong(free, 1)) return i;
    }
    return slots;
}

}  // namespace

CutWatch::CutWatch(std::span<const std::byte> mapping) : slot_(free_slot()) {
    static std::once_flag installed;
    std::call_once(installed, install);
    if (slot_ == slots) return;
    auto& watch = watched.at(slot_);
    watch.was_cut.store(false);
    watch.begin.store(reinterpret_cast<std::uintptr_t>(mapping.data()));
    watch.end.store(reinterpret_cast<std::uintptr_t>(mapping.data() + mapping.size()));
}

CutWatch::~CutWatch() {
    if (slot_ < slots) watched.at(slot_).end.store(0);
}

bool CutWatch::was_cut() const { return slot_ < slots && watched.at(slot_).was_cut.load(); }

}  // namespace trommel::dataset
