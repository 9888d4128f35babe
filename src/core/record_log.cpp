#include "trommel/core/record_log.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/is_json.hpp"
#include "trommel/core/utf8.hpp"

#include <boost/crc.hpp>
#include <fmt/format.h>

#include <algorithm>

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
        fmt::format("{}:{}: the line is damaged, and good ones follow it: this is not a trace of a "
                    "crash; take the file from a backup, or go on without the line: trommel resume "
                    "RUN --accept-damage",
                    file.string(),
                    line));
}

}  // namespace

std::string checked_line(std::string_view record) {
    if (!is_json(record) || record.find('\n') != std::string_view::npos)
        throw Error(
            fmt::format("a record cannot be read back, so it is not written; this is a fault of "
                        "trommel, please report it: {}",
                        valid_utf8(record.substr(0, 200))));
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

std::optional<std::string_view> whole_record(std::string_view line) {
    if (!line.ends_with('\n')) return std::nullopt;
    const auto record = checked_record(line.substr(0, line.size() - 1));
    if (!record || !is_json(*record)) return std::nullopt;
    return record;
}

LoggedRecords records_of(std::string_view text) {
    LoggedRecords found;
    std::vector<std::size_t> damaged;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto line = line_at(text, begin);
        begin += line.size();
        ++number;
        const auto record = whole_record(line);
        if (!record) {
            damaged.push_back(number);
            continue;
        }
        found.records.emplace_back(*record);
        found.lines.push_back(number);
        if (found.damaged.size() < damaged.size()) found.damaged = damaged;
        found.bytes = begin;
    }
    found.torn = found.bytes < text.size();
    return found;
}

std::string without_lines(std::string_view text, const std::vector<std::size_t>& numbers) {
    std::string rest;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto line = line_at(text, begin);
        begin += line.size();
        if (!std::ranges::binary_search(numbers, ++number)) rest += line;
    }
    return rest;
}

}  // namespace

LoggedRecords read_records(const std::filesystem::path& file, OnDamage on_damage) {
    if (!std::filesystem::exists(file)) return {};
    LoggedRecords found = records_of(read_file(file));
    if (on_damage == OnDamage::fail && !found.damaged.empty())
        fail_damaged(file, found.damaged.front());
    return found;
}

std::filesystem::path name_for_damaged(const std::filesystem::path& file) {
    const std::string name = file.string() + ".damaged";
    std::filesystem::path free = name;
    for (int i = 2; std::filesystem::exists(free); ++i) free = fmt::format("{}-{}", name, i);
    return free;
}

std::vector<std::size_t> drop_damaged_records(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return {};
    const std::string text = read_file(file);
    auto damaged = records_of(text).damaged;
    if (damaged.empty()) return damaged;
    replace_file(name_for_damaged(file), text);
    replace_file(file, without_lines(text, damaged));
    return damaged;
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
