#include "server/wire/rows_source.hpp"

namespace trommel::server {

namespace {

constexpr std::size_t piece_bytes = 65536;

}  // namespace

std::string RowsSource::make_piece() {
    std::string piece;
    if (ended_) return piece;
    piece.reserve(piece_bytes + piece_bytes / 4);
    if (!begun_) piece += frame_.begin;
    begun_ = true;
    for (; next_ < count_ && piece.size() < piece_bytes; ++next_) {
        if (next_ > 0) piece += frame_.separator;
        write_(piece, next_);
    }
    if (next_ < count_) return piece;
    piece += frame_.end;
    ended_ = true;
    return piece;
}

}  // namespace trommel::server
