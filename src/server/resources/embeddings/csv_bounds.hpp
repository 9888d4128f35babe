// CsvBounds: refuses a CSV of too many rows while it comes in, before it is kept or read.
#pragma once

#include <cstddef>
#include <string_view>

namespace trommel::server {

/// Counts the records of a CSV (RFC 4180: a line break within quotes ends none), a piece at a time.
class CsvBounds {
public:
    /// `most_rows` below the header, `longest_record` in bytes.
    CsvBounds(std::size_t most_rows, std::size_t longest_record)
        : most_rows_(most_rows), longest_record_(longest_record) {}

    /// Throws ApiError 422 at the first record too many, or too long.
    void take(std::string_view piece);

private:
    void end_record();

    std::size_t most_rows_;
    std::size_t longest_record_;
    std::size_t records_ = 0;
    std::size_t record_bytes_ = 0;
    bool in_quotes_ = false;
};

}  // namespace trommel::server
