#include "server/resources/embeddings/csv_bounds.hpp"

#include "server/wire/api_error.hpp"

#include <fmt/format.h>

namespace trommel::server {

void CsvBounds::take(std::string_view piece) {
    while (!piece.empty()) {
        const auto stop = piece.find_first_of("\"\n");
        const auto bytes = stop == std::string_view::npos ? piece.size() : stop + 1;
        record_bytes_ += bytes;
        if (record_bytes_ > longest_record_)
            throw ApiError(
                422,
                "EMBEDDING_INVALID",
                fmt::format("a line of the file has more than {} bytes; it is not a CSV of "
                            "embeddings, or a quote is not closed",
                            longest_record_));
        if (stop != std::string_view::npos && piece[stop] == '"') in_quotes_ = !in_quotes_;
        if (stop != std::string_view::npos && piece[stop] == '\n' && !in_quotes_) end_record();
        piece.remove_prefix(bytes);
    }
}

void CsvBounds::end_record() {
    ++records_;
    record_bytes_ = 0;
    if (records_ <= most_rows_ + 1) return;  // one is the header
    throw ApiError(422,
                   "EMBEDDING_ROW_COUNT_INVALID",
                   fmt::format("the file has more than {0} rows but the dataset {0} samples; give "
                               "one row for each sample",
                               most_rows_));
}

}  // namespace trommel::server
