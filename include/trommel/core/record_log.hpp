// RecordLog: a file of JSON records, one a line, that only grows and knows when it is damaged.
//
// A line is `{"crc":"9a3f01c2","record":{…}}`, so that the file is JSON Lines to every other
// program; the checksum is the CRC-32 of the record's text.
#pragma once

#include "trommel/core/durable_file.hpp"

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// The record, which is JSON without a line end, as a line with its checksum and a line end. Throws
/// Error if it cannot be read back: a fault of who writes is found at once, and not by who resumes.
std::string checked_line(std::string_view record);

/// The record of a line without its line end, or nothing if the line is damaged.
std::optional<std::string_view> checked_record(std::string_view line);

struct LoggedRecords {
    std::vector<std::string> records{};
    std::vector<std::size_t> lines{};    ///< on which each of them appears
    std::vector<std::size_t> damaged{};  ///< lines that hold no record, and that records follow
    std::uint64_t bytes = 0;             ///< of the file, up to the last whole record
    bool torn = false;                   ///< half a record follows, which a crash has left
};

enum class OnDamage { fail, leave_out };

/// What the file holds; nothing if it is not there. A line that is not JSON, or has another
/// checksum, is damaged. At the end of the file such lines are a torn tail and left out. For one
/// that good lines follow it throws DataError with the line's number, or leaves it out.
LoggedRecords read_records(const std::filesystem::path& file, OnDamage on_damage = OnDamage::fail);

/// Takes the lines out of the file that are damaged and that good ones follow. Returns their
/// numbers. The file as it was is kept beside it, as `NAME.damaged`, `NAME.damaged-2` and so on.
std::vector<std::size_t> drop_damaged_records(const std::filesystem::path& file);

/// Where a file that is damaged is kept: `NAME.damaged`, or the first of its kind that is free.
std::filesystem::path name_for_damaged(const std::filesystem::path& file);

/// Any thread may append.
class RecordLog {
public:
    enum class Sync { no, yes };

    /// Opens the file, or makes it, and cuts a torn tail off.
    explicit RecordLog(const std::filesystem::path& file);

    /// What it held when it was opened; moves it out.
    LoggedRecords take() { return std::move(found_); }
    std::vector<std::string> take_records() { return std::move(found_.records); }

    /// Adds records in one write. They survive the death of this process from then on, and that of
    /// the machine if synced.
    void append(std::string_view record, Sync sync);
    void append(const std::vector<std::string>& records, Sync sync);

private:
    void append_lines(const std::string& lines, Sync sync);

    LoggedRecords found_;
    std::mutex mutex_;
    GrowingFile file_;
};

}  // namespace trommel
