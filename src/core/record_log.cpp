#include "trommel/core/record_log.hpp"

#include "trommel/core/error.hpp"

#include <boost/crc.hpp>
#include <fmt/format.h>

namespace trommel {
namespace {

constexpr std::string_view head = R"({"crc":")";
constexpr std::string_view middle = R"(","record":)";
constexpr std::size_t digits = 8;
constexpr std::size_t prefix = head.size() + digits + middle.size();

std::string crc_of(std::string_view text) {
    boost::crc_32_type crc;
    crc.process_bytes(text.data(), text.size());
    return fmt::format("{:08x}", crc.checksum());
}

[[noreturn]] void fail_damaged(const std::filesystem::path& file, std::size_t line) {
    throw DataError(
        fmt::format("{}:{}: the line is damaged, and good ones follow it: this is no trace of a "
                    "crash; take the file from a backup, or begin a new run",
                    file.string(),
                    line));
}

}  // namespace

std::string checked_line(std::string_view record) {
    return fmt::format("{}{}{}{}}}\n", head, crc_of(record), middle, record);
}

std::optional<std::string_view> checked_record(std::string_view line) {
    if (line.size() <= prefix || !line.starts_with(head) || line.back() != '}' ||
        line.substr(head.size() + digits, middle.size()) != middle)
        return std::nullopt;
    const auto record = line.substr(prefix, line.size() - prefix - 1);
    if (crc_of(record) != line.substr(head.size(), digits)) return std::nullopt;
    return record;
}

namespace {

/// From `begin` on to the line's end, which is part of it.
std::string_view line_at(std::string_view text, std::size_t begin) {
    const auto end = text.find('\n', begin);
    return text.substr(begin, end == std::string_view::npos ? end : end + 1 - begin);
}

std::optional<std::string_view> ended_record(std::string_view line) {
    if (!line.ends_with('\n')) return std::nullopt;
    return checked_record(line.substr(0, line.size() - 1));
}

}  // namespace

LoggedRecords read_records(const std::filesystem::path& file) {
    LoggedRecords found;
    if (!std::filesystem::exists(file)) return found;
    const std::string text = read_file(file);
    std::optional<std::size_t> damaged;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto line = line_at(text, begin);
        const auto record = ended_record(line);
        begin += line.size();
        ++number;
        if (!record) {
            damaged = damaged.value_or(number);
            continue;
        }
        if (damaged) fail_damaged(file, *damaged);
        found.records.emplace_back(*record);
        found.bytes = begin;
    }
    found.torn = found.bytes < text.size();
    return found;
}

RecordLog::RecordLog(const std::filesystem::path& file) : found_(read_records(file)), file_(file) {
    if (found_.torn) file_.cut(found_.bytes);
}

void RecordLog::append(std::string_view record, Sync sync) {
    append_lines(checked_line(record), sync);
}

void RecordLog::append(const std::vector<std::string>& records, Sync sync) {
    std::string lines;
    for (const auto& record : records) lines += checked_line(record);
    append_lines(lines, sync);
}

void RecordLog::append_lines(const std::string& lines, Sync sync) {
    const std::lock_guard lock(mutex_);
    file_.append(lines);
    if (sync == Sync::yes) file_.sync();
}

}  // namespace trommel
