#include "faults/plan.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <utility>

namespace trommel::faults {
namespace {

// Straight to the kernel, because the functions of these names are those that ask the plan.
void write_to(int file, const std::string& text) {
    static_cast<void>(syscall(SYS_write, file, text.data(), text.size()));
}

[[noreturn]] void refuse(const std::string& what) {
    write_to(STDERR_FILENO, "faults: " + what + "\n");
    _exit(99);
}

/// The variable, which is removed.
std::string take(const char* variable) {
    const char* value = std::getenv(variable);
    std::string text = value == nullptr ? "" : value;
    unsetenv(variable);
    return text;
}

std::string real_folder(const std::string& folder) {
    char path[PATH_MAX];
    if (realpath(folder.c_str(), path) == nullptr)
        refuse("TROMMEL_FAULTS_DIR: there is no folder '" + folder + "'");
    return path;
}

/// 0 unless `text` is a whole number above it.
std::uint64_t parse_number(const std::string& text) {
    std::uint64_t number = 0;
    const auto end = text.data() + text.size();
    return std::from_chars(text.data(), end, number).ptr == end ? number : 0;
}

int create(const std::string& file) {
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC;
    const auto opened = static_cast<int>(syscall(SYS_openat, AT_FDCWD, file.c_str(), flags, 0666));
    if (opened < 0) refuse("count: '" + file + "' cannot be written");
    return opened;
}

}  // namespace

Plan& Plan::of_this_process() {
    static Plan plan;
    return plan;
}

Plan::Plan() {
    unsetenv("LD_PRELOAD");
    const auto folder = take("TROMMEL_FAULTS_DIR");
    const auto fault = take("TROMMEL_FAULTS");
    if (fault.empty()) return;
    folder_ = real_folder(folder);
    parse(fault);
}

void Plan::parse(const std::string& fault) {
    constexpr std::pair<const char*, Kind> kinds[] = {{"kill", Kind::kill},
                                                      {"power", Kind::power},
                                                      {"torn", Kind::torn},
                                                      {"full", Kind::full},
                                                      {"squeezed", Kind::squeezed},
                                                      {"full-once", Kind::full_once},
                                                      {"sync-error", Kind::sync_error},
                                                      {"count", Kind::count}};
    const auto colon = std::min(fault.find(':'), fault.size() - 1);
    const auto rest = fault.substr(colon + 1);
    for (const auto& [name, kind] : kinds)
        if (fault.substr(0, colon) == name) kind_ = kind;
    if (kind_ == Kind::count)
        listing_ = create(rest);
    else
        from_ = parse_number(rest);
    if (kind_ == Kind::none || (kind_ != Kind::count && from_ == 0))
        refuse("TROMMEL_FAULTS: '" + fault +
               "'; write kill:N, power:N, torn:N, full:N, squeezed:N, full-once:N, sync-error:N or "
               "count:FILE, N from 1");
}

bool Plan::concerns(const std::string& path) const {
    return kind_ != Kind::none && path.size() > folder_.size() && path.starts_with(folder_) &&
           path[folder_.size()] == '/';
}

void Plan::note(const char* call, const std::string& path) const {
    if (listing_ >= 0)
        write_to(listing_, std::string(call) + ' ' + path.substr(folder_.size() + 1) + '\n');
}

void Plan::removing(const std::string& path, std::int64_t bytes) {
    constexpr std::int64_t room = 1 << 20;
    if (kind_ == Kind::squeezed && concerns(path) && calls_ >= from_ && bytes >= room)
        happened_ = true;
}

Fate Plan::next(const char* call, Effect effect, const std::string& path) {
    if (!concerns(path)) return Fate::carry_out;
    note(call, path);
    return fate(++calls_, effect);
}

Fate Plan::fate(std::uint64_t number, Effect effect) {
    const bool takes_space = effect == Effect::bytes || effect == Effect::create;
    const auto first = [this] { return !happened_.exchange(true); };
    if (kind_ == Kind::kill && number == from_) return Fate::kill;
    if (kind_ == Kind::power && number == from_) return Fate::cut_power;
    if (kind_ == Kind::torn && number == from_) return Fate::tear;
    if (number < from_) return Fate::carry_out;
    if (kind_ == Kind::full && takes_space) return Fate::no_space;
    if (kind_ == Kind::squeezed && takes_space && !happened_) return Fate::no_space;
    if (kind_ == Kind::full_once && takes_space && first()) return Fate::no_space;
    if (kind_ == Kind::sync_error && effect == Effect::sync && first()) return Fate::no_sync;
    return Fate::carry_out;
}

}  // namespace trommel::faults
