// Log: what a server says of itself, a line each, for people or for machines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace trommel::server {

enum class LogLevel { debug, info, warning, error };

/// `debug`, `info`, `warning` or `error`.
std::optional<LogLevel> parse_log_level(std::string_view name);

struct LogOptions {
    std::filesystem::path file{};  ///< empty: standard error
    bool is_json = false;          ///< a JSON object a line; else text
    LogLevel level = LogLevel::info;
    std::uint64_t max_size = std::uint64_t{64} << 20;  ///< of a file; it is then put aside
    unsigned keep = 5;                                 ///< how many files that were put aside
};

/// Something that a line says beside its words.
struct LogField {
    std::string_view name{};
    std::variant<std::string_view, std::uint64_t, double> value{};
};

/// Never throws, and nobody waits for it: lines go through a bounded queue to a thread of its own.
/// A line that cannot be written, or finds the queue full, is counted and left out; the next line
/// that can be written says so. No text that comes from elsewhere can end a line, begin another one
/// or reach a terminal as an escape sequence.
class Log {
public:
    explicit Log(LogOptions options);
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    /// Writes what waits, for at most about a second where nobody reads it.
    ~Log();

    /// `source` says who speaks: `serve`, or a pipeline.
    void write(LogLevel level,
               std::string_view source,
               std::string_view message,
               std::initializer_list<LogField> fields = {}) noexcept;

    bool takes(LogLevel level) const noexcept;
    void set_level(LogLevel level) noexcept;
    /// Opens the file anew, which somebody else may have put aside.
    void reopen() noexcept;
    /// How many lines have been left out.
    std::uint64_t dropped() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trommel::server
