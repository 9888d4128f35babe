#include "server/observe/readiness.hpp"

#include "server/kept/reserve.hpp"
#include "trommel/core/text.hpp"
#include "trommel/runtime/deadline.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

namespace trommel::server {

namespace {

constexpr auto fresh_for = std::chrono::seconds(1);
constexpr auto platform_patience = std::chrono::seconds(3);

/// What is free for changes. Where the reserve was given up, what is free is its first.
std::optional<std::uint64_t> room_for_changes(const std::filesystem::path& folder) {
    const auto room = room_in(folder);
    std::error_code ignored;
    if (!room || std::filesystem::exists(folder / "reserve", ignored)) return room;
    return *room - std::min(*room, Reserve::most);
}

/// What the work complains of; empty: of nothing.
std::string complaint_of(const std::function<void()>* work) {
    try {
        (*work)();
        return "";
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

std::optional<std::uint64_t> room_in(const std::filesystem::path& folder) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) return std::nullopt;
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

Readiness::Readiness(const ServerOptions& options, AuditLog& audit, IoPool& io)
    : options_(options), audit_(audit), io_(io) {}

asio::awaitable<std::vector<Unready>> Readiness::look() {
    const KeyedLock::Lock lock = co_await locks_.take("look");
    if (!looked_at_ || Clock::now() - *looked_at_ >= fresh_for) {
        found_.clear();
        co_await look_at_all();
        looked_at_ = Clock::now();
    }
    co_return found_;
}

/// Strangers may ask, and need not know where files are.
std::string Readiness::without_folder(std::string text) const {
    const auto folder = options_.folder.string() + "/";
    for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder, at))
        text.erase(at, folder.size());
    return text;
}

asio::awaitable<void> Readiness::look_at_all() {
    co_await look_at_disk();
    co_await look_at_database();
    co_await look_at_platform();
    co_await look_at_audit();
}

asio::awaitable<void> Readiness::look_at_disk() {
    const std::optional<std::uint64_t> room =
        co_await on_io(io_, room_for_changes, options_.folder);
    if (!room)
        found_.push_back({"disk", "the data folder cannot be looked at"});
    else if (*room < least_room)
        found_.push_back({"disk",
                          fmt::format("the disk of the data folder has {} bytes free and needs {}; "
                                      "delete what is not needed",
                                      with_commas(*room),
                                      with_commas(least_room))});
}

asio::awaitable<void> Readiness::look_at_database() {
    if (!options_.probe_database) co_return;
    const std::string complaint = co_await on_io(io_, complaint_of, &options_.probe_database);
    if (!complaint.empty()) found_.push_back({"database", without_folder(complaint)});
}

asio::awaitable<void> Readiness::look_at_platform() {
    if (!options_.probe_platform) co_return;
    std::string complaint;
    const auto deadline = Clock::now() + platform_patience;
    try {
        co_await with_deadline(options_.probe_platform(), deadline);
    } catch (const DeadlineExceeded&) {
        complaint = "the server behind this one is silent";
    } catch (const Error& error) {
        complaint = error.what();
    }
    if (complaint.empty()) co_return;
    if (options_.log != nullptr) options_.log->write(LogLevel::warning, "serve", complaint);
    found_.push_back(
        {"platform", "the server behind this one cannot be reached, or cannot answer"});
}

asio::awaitable<void> Readiness::look_at_audit() {
    const bool is_writable = co_await audit_.is_writable();
    if (!is_writable)
        found_.push_back({"audit",
                          fmt::format("the audit log cannot be written: {}",
                                      std::generic_category().message(audit_.error()))});
}

}  // namespace trommel::server
