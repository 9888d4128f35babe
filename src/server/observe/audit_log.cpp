#include "server/observe/audit_log.hpp"

#include "server/access/tokens.hpp"
#include "server/observe/line_text.hpp"

#include <boost/json/parse.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>

namespace trommel::server {

namespace {

constexpr auto audit_patience = std::chrono::milliseconds(100);
constexpr std::size_t most_of_created = 1024;

void add_member(std::string& line, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    line += line.size() > 1 ? ",\"" : "\"";
    line += name;
    line += "\":";
    append_quoted(line, text);
}

std::string time_now() {
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                       now.time_since_epoch().count() % 1000);
}

/// The id of what the call has made; nothing else of its answer, which may hold a secret.
std::string created_id(const http::Response& response) {
    if (response.status != 201 || response.body.is_stream()) return "";
    const auto& text = response.body.text();
    if (text.size() > most_of_created) return "";
    boost::json::error_code error;
    const auto json = boost::json::parse(text, error);
    if (error || !json.is_object()) return "";
    const auto* id = json.as_object().if_contains("id");
    return id != nullptr && id->is_string() ? std::string(id->as_string()) : "";
}

std::string line_of(const CallRecord& record, const http::Response& response) {
    std::string line = "{";
    add_member(line, "time", time_now());
    add_member(line, "request", record.id);
    add_member(line, "token", record.token_name);
    add_member(line, "tokenId", record.token);
    add_member(line, "client", record.peer);
    add_member(line, "method", record.method);
    add_member(line, "route", record.route->path);
    add_member(line, "operation", record.route->id);
    add_member(line, "path", record.path);
    add_member(line, "datasetId", record.dataset);
    add_member(line, "createdId", created_id(response));
    fmt::format_to(std::back_inserter(line), ",\"status\":{}}}\n", response.status);
    return line;
}

int put(LineFile* file, const std::string& line) { return file->write(line, audit_patience); }

}  // namespace

bool has_changed(const CallRecord& record, unsigned status) {
    return record.route != nullptr && status >= 200 && status < 300 && changes(*record.route);
}

asio::awaitable<void> AuditLog::append(std::string lines, std::uint64_t count) {
    const auto missing = dropped_ - told_;
    told_ = dropped_;
    if (missing > 0)
        lines = fmt::format("{{\"time\":\"{}\",\"missing\":{}}}\n", time_now(), missing) + lines;
    error_ = co_await on_io(thread_, put, &file_, std::move(lines));
    if (error_ == 0) co_return;
    told_ -= missing;
    dropped_ += count;
}

asio::awaitable<void> AuditLog::write(CallRecord record, http::Response& response) {
    std::string line = line_of(record, response);
    co_await append(std::move(line), 1);
}

asio::awaitable<void> AuditLog::reopen() {
    const auto close = [](LineFile* file) { file->close(); };
    co_await on_io(thread_, close, &file_);
}

asio::awaitable<bool> AuditLog::is_writable() {
    // What is missing can be told by now, or still cannot.
    if (error_ != 0) co_await append({}, 0);
    co_return error_ == 0;
}

}  // namespace trommel::server
