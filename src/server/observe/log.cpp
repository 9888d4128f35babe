#include "trommel/server/observe/log.hpp"

#include "server/observe/line_file.hpp"
#include "server/observe/log_lines.hpp"

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <array>
#include <atomic>
#include <mutex>
#include <system_error>
#include <utility>

namespace trommel::server {

namespace {

/// Lines that may wait for the disk or the reader.
constexpr std::size_t most_waiting = 8192;
constexpr auto log_patience = std::chrono::seconds(1);

constexpr std::array<std::pair<std::string_view, LogLevel>, 4> level_names{
    {{"debug", LogLevel::debug},
     {"info", LogLevel::info},
     {"warning", LogLevel::warning},
     {"error", LogLevel::error}}};

spdlog::level::level_enum level_of(LogLevel level) {
    if (level == LogLevel::debug) return spdlog::level::debug;
    if (level == LogLevel::info) return spdlog::level::info;
    return level == LogLevel::warning ? spdlog::level::warn : spdlog::level::err;
}

LineFileOptions file_of(const LogOptions& options) {
    return {.file = options.file, .max_size = options.max_size, .keep = options.keep};
}

constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr auto json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

/// Writes on the log's own thread, and counts what it cannot write.
class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit LogSink(const LogOptions& options)
        : base_sink(std::make_unique<spdlog::pattern_formatter>(
              options.is_json ? json_pattern : text_pattern, spdlog::pattern_time_type::utc, "\n")),
          is_json_(options.is_json),
          file_(file_of(options)) {}

    /// Told by those who could not bring a line here.
    void lose(std::uint64_t lines) noexcept { lost_.fetch_add(lines, std::memory_order_relaxed); }
    std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }
    void reopen() noexcept { is_to_reopen_.store(true, std::memory_order_relaxed); }
    /// Lines that never came here because the queue was full.
    void watch_queue(std::function<std::uint64_t()> overrun) { overrun_ = std::move(overrun); }

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (is_to_reopen_.exchange(false, std::memory_order_relaxed)) file_.close();
        const auto missing = lost() + (overrun_ ? overrun_() : 0);
        if (missing > told_ && !tell(missing - told_)) return lose(1);
        told_ = missing;
        if (!put(message)) lose(1);
    }
    void flush_() override {}

    bool put(const spdlog::details::log_msg& message) {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        const int error = file_.write({line.data(), line.size()}, log_patience);
        if (error != 0) why_ = error;
        return error == 0;
    }

    bool tell(std::uint64_t lines) {
        const auto what =
            fmt::format("{} lines before this one are missing: {}",
                        lines,
                        why_ == 0 ? "more came than could be written"
                                  : std::generic_category().message(std::exchange(why_, 0)));
        const auto text =
            is_json_ ? json_members("log", what, {{"missing", lines}}) : text_line("log", what, {});
        return put({"log", spdlog::level::warn, text});
    }

    bool is_json_;
    LineFile file_;
    std::function<std::uint64_t()> overrun_{};
    std::atomic<std::uint64_t> lost_{0};
    std::atomic<bool> is_to_reopen_{false};
    std::uint64_t told_ = 0;
    int why_ = 0;
};

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view name) {
    for (const auto& [known, level] : level_names)
        if (known == name) return level;
    return std::nullopt;
}

class Log::Impl {
public:
    explicit Impl(const LogOptions& options)
        : is_json(options.is_json),
          sink(std::make_shared<LogSink>(options)),
          queue(std::make_shared<spdlog::details::thread_pool>(most_waiting, 1)),
          logger(std::make_shared<spdlog::async_logger>(
              "trommel", sink, queue, spdlog::async_overflow_policy::overrun_oldest)) {
        logger->set_level(level_of(options.level));
        logger->set_error_handler([lost = sink](const std::string&) { lost->lose(1); });
        sink->watch_queue([waiting = queue.get()] { return waiting->overrun_counter(); });
    }
    /// The thread ends before what it writes to.
    ~Impl() { queue.reset(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    bool is_json;
    std::shared_ptr<LogSink> sink;
    std::shared_ptr<spdlog::details::thread_pool> queue;
    std::shared_ptr<spdlog::async_logger> logger;
};

Log::Log(LogOptions options) : impl_(std::make_unique<Impl>(options)) {}

Log::~Log() = default;

void Log::write(LogLevel level,
                std::string_view source,
                std::string_view message,
                std::initializer_list<LogField> fields) noexcept {
    if (!takes(level)) return;
    try {
        const auto line = impl_->is_json ? json_members(source, message, fields)
                                         : text_line(source, message, fields);
        impl_->logger->log(level_of(level), spdlog::string_view_t(line));
    } catch (...) {
        impl_->sink->lose(1);
    }
}

bool Log::takes(LogLevel level) const noexcept {
    return impl_->logger->should_log(level_of(level));
}

void Log::set_level(LogLevel level) noexcept { impl_->logger->set_level(level_of(level)); }

void Log::reopen() noexcept { impl_->sink->reopen(); }

std::uint64_t Log::dropped() const noexcept {
    return impl_->sink->lost() + impl_->queue->overrun_counter();
}

}  // namespace trommel::server
