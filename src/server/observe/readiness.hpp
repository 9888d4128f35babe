// Readiness: whether the server can do its work now, and if not, why.
#pragma once

#include "server/observe/audit_log.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/runtime/keyed_lock.hpp"
#include "trommel/server/options/server_options.hpp"

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trommel::server {

/// Something without which calls fail.
struct Unready {
    std::string part{};   ///< `disk`, `database`, `platform`, `audit`
    std::string error{};  ///< a sentence
};

/// With less room than this on the disk, soon nothing can be kept.
inline constexpr std::uint64_t least_room = std::uint64_t{4} << 20;

/// What is free on the disk of this folder; nothing where that cannot be known.
std::optional<std::uint64_t> room_in(const std::filesystem::path& folder);

class Readiness {
public:
    /// All outlive it.
    Readiness(const ServerOptions& options, AuditLog& audit, IoPool& io);

    /// Empty if all is well. Uses most once a second, however many ask.
    asio::awaitable<std::vector<Unready>> look();

private:
    using Clock = std::chrono::steady_clock;

    asio::awaitable<void> look_at_all();
    asio::awaitable<void> look_at_disk();
    asio::awaitable<void> look_at_database();
    asio::awaitable<void> look_at_platform();
    asio::awaitable<void> look_at_audit();
    std::string without_folder(std::string text) const;

    const ServerOptions& options_;
    AuditLog& audit_;
    IoPool& io_;
    KeyedLock locks_;
    std::vector<Unready> found_;
    std::optional<Clock::time_point> looked_at_;
};

}  // namespace trommel::server
