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

/// The record, which is JSON without a line end, as a line with its checksum and a line end.
std::string checked_line(std::string_view record);

/// The record of a line without its line end, or nothing if the line is damaged.
std::optional<std::string_view> checked_record(std::string_view line);

struct LoggedRecords {
    std::vector<std::string> records{};
    std::uint64_t bytes = 0;  ///< of the file, up to the last whole record
    bool torn = false;        ///< half a record follows, which a crash has left
};

/// What the file holds; nothing if it is not there. Damaged lines at its end are a torn tail and
/// left out; throws DataError with the line's number for one that good lines follow.
LoggedRecords read_records(const std::filesystem::path& file);

/// Any thread may append.
class RecordLog {
public:
    enum class Sync { no, yes };

    /// Opens the file, or makes it, and cuts a torn tail off.
    explicit RecordLog(const std::filesystem::path& file);

    /// The records that it held when it was opened; moves them out.
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
