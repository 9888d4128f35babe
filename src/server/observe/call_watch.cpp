#include "server/observe/call_watch.hpp"

#include "server/routing/answers.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace trommel::server {

namespace {

constexpr unsigned client_left = 499;

double seconds_since_begin(const CallRecord& record) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - record.begin).count();
}

/// An answer's body; its call has ended when this dies.
class WatchedBody final : public http::BodySource {
public:
    WatchedBody(http::Body body, CallWatch& watch, CallRecord record, unsigned status)
        : body_(std::move(body)), watch_(watch), record_(std::move(record)), status_(status) {}
    ~WatchedBody() override { watch_.close(record_, ended_ ? status_ : client_left, bytes_); }

    asio::awaitable<std::string> next() override {
        std::string piece = co_await body_.next();
        bytes_ += piece.size();
        ended_ = ended_ || piece.empty() || bytes_ == length();
        co_return piece;
    }
    std::optional<std::uint64_t> length() const override { return body_.source().length(); }
    std::size_t held() const override { return body_.held(); }
    void keep(std::size_t bytes) override { body_.source().keep(bytes); }

private:
    mutable http::Body body_;
    CallWatch& watch_;
    CallRecord record_;
    unsigned status_;
    std::uint64_t bytes_ = 0;
    bool ended_ = false;
};

/// What the failure says of itself. Throws on what is not a failure of the call.
std::string words_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::filesystem::filesystem_error& error) {
        return error.what();
    } catch (const std::system_error&) {
        throw;
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

CallWatch::CallWatch(CallMetrics& metrics, Log* log, bool logs_calls)
    : metrics_(metrics), log_(log), logs_calls_(logs_calls) {}

CallRecord CallWatch::begin(const http::Request& request, std::string path) {
    metrics_.begin();
    CallRecord record;
    record.id = ids_.of(request.headers);
    record.method = request.method;
    record.path = std::move(path);
    record.peer = request.peer;
    return record;
}

http::Response CallWatch::end(CallRecord&& record, http::Response&& response) {
    response.headers.set(request_id_header, record.id);
    const bool is_sent = record.method != "HEAD";
    if (response.body.is_stream() && is_sent) {
        auto body = std::make_unique<WatchedBody>(
            std::move(response.body), *this, std::move(record), response.status);
        response.body = http::Body(std::move(body));
    } else {
        close(record, response.status, is_sent ? response.body.text().size() : 0);
    }
    return std::move(response);
}

http::Response CallWatch::fail(CallRecord&& record, const std::exception_ptr& failure) {
    try {
        record.failure = words_of(failure);
    } catch (...) {
        close(record, client_left, 0);
        throw;
    }
    auto response = error_answer(
        500,
        "BAD_REQUEST",
        fmt::format("an error of the server; its log has more under request {}", record.id));
    return end(std::move(record), std::move(response));
}

void CallWatch::close(const CallRecord& record, unsigned status, std::uint64_t bytes) noexcept {
    const double seconds = seconds_since_begin(record);
    try {
        metrics_.end(record.route, status, seconds, bytes);
        if (log_ != nullptr && (logs_calls_ || status >= 500)) log(record, status, seconds, bytes);
    } catch (const std::exception&) {
        // Only for want of memory: what is said of a call is less than the call.
    }
}

void CallWatch::log(const CallRecord& record,
                    unsigned status,
                    double seconds,
                    std::uint64_t bytes) {
    const auto level = status >= 500 ? LogLevel::error : LogLevel::info;
    const std::string_view route =
        record.route == nullptr ? std::string_view("none") : record.route->path;
    auto message = fmt::format("{} {} {}", record.method, record.path, status);
    if (!record.failure.empty()) message += ": " + record.failure;
    log_->write(level,
                "serve",
                message,
                {{"request", record.id},
                 {"token", record.token_name},
                 {"client", record.peer},
                 {"route", route},
                 {"status", std::uint64_t{status}},
                 {"ms", 1000 * seconds},
                 {"bytes", bytes}});
}

}  // namespace trommel::server
