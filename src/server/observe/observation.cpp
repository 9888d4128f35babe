#include "server/observe/observation.hpp"

#include "server/observe/process_metrics.hpp"

#include <filesystem>

namespace trommel::server {

namespace {

LineFileOptions audit_file(const ServerOptions& options) {
    auto file = options.audit.file;
    if (file.empty()) file = options.folder / "audit.jsonl";
    return {
        .file = file, .max_size = options.audit.max_size, .keep = options.audit.keep, .mode = 0600};
}

double bytes_of(const std::filesystem::path& file) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(file, missing);
    return missing ? 0 : static_cast<double>(size);
}

void watch_database(Metrics& metrics, const std::filesystem::path& database) {
    if (database.empty()) return;
    metrics.watch("trommel_database_bytes", "Size of the database", [database] {
        return bytes_of(database);
    });
    auto log = database;
    log += "-wal";
    metrics.watch("trommel_database_wal_bytes", "Size of its write-ahead log", [log] {
        return bytes_of(log);
    });
}

}  // namespace

Observation::Observation(const ServerOptions& options, const Router& router, IoPool& io)
    : calls(metrics, router),
      watch(calls, options.log, options.logs_calls),
      audit(audit_file(options)),
      readiness(options, audit, io) {
    watch_process(metrics);
    watch_database(metrics, options.database);
    metrics.watch("trommel_data_free_bytes",
                  "Room on the disk of the data folder",
                  [folder = options.folder] { return double(room_in(folder).value_or(0)); });
    metrics.watch_count("trommel_audit_dropped_lines_total",
                        "Changes that the audit log does not name",
                        [this] { return static_cast<double>(audit.dropped()); });
    if (options.log != nullptr)
        metrics.watch_count("trommel_log_dropped_lines_total",
                            "Lines that the log could not write",
                            [log = options.log] { return static_cast<double>(log->dropped()); });
}

}  // namespace trommel::server
