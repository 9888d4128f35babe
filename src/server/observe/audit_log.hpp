// AuditLog: who changed what, a line of JSON for each call that changed something.
#pragma once

#include "server/observe/call_watch.hpp"
#include "server/observe/line_file.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace trommel::server {

/// Whether this call has changed something, by its route and how it ended.
bool has_changed(const CallRecord& record, unsigned status);

/// A change is written down before its answer goes out. It has happened by then, so a line that
/// cannot be written does not make the call fail: the caller would do it again, and on a full disk
/// nobody could delete anything. The line is counted, `/readyz` is false from then on until lines
/// can be written again, and the next line says how many are missing.
class AuditLog {
public:
    explicit AuditLog(LineFileOptions file) : file_(std::move(file)) {}

    asio::awaitable<void> write(CallRecord record, http::Response& response);

    /// Opens the file anew with the next line.
    asio::awaitable<void> reopen();

    std::uint64_t dropped() const { return dropped_; }
    /// Why the last line was not written; 0 if it was.
    int error() const { return error_; }
    /// Whether lines can be written; tries, if the last one could not.
    asio::awaitable<bool> is_writable();

private:
    /// With how many are missing, before these `count` lines.
    asio::awaitable<void> append(std::string lines, std::uint64_t count);

    LineFile file_;
    IoPool thread_{1};
    std::uint64_t dropped_ = 0;
    std::uint64_t told_ = 0;
    int error_ = 0;
};

}  // namespace trommel::server
