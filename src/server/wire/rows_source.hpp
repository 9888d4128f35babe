// RowsSource: a body that is made row by row while it is sent.
#pragma once

#include "trommel/http/message.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace trommel::server {

/// Appends the row at this index, counted from 0.
using WriteRow = std::function<void(std::string& out, std::size_t index)>;

/// What appears around rows: `[`, `,` and `]` for a JSON list.
struct Frame {
    std::string begin = "[";
    std::string separator = ",";
    std::string end = "]";
};

/// Sends about 64 KiB at a time, so that a list of millions is never in memory, and the loop's
/// other work comes in between.
class RowsSource final : public http::BodySource {
public:
    /// `held` is what `write` keeps in memory, in bytes.
    RowsSource(std::size_t count, WriteRow write, Frame frame = {}, std::size_t held = 0)
        : count_(count), write_(std::move(write)), frame_(std::move(frame)), held_(held) {}

    asio::awaitable<std::string> next() override { co_return make_piece(); }
    std::size_t held() const override { return held_; }

private:
    std::string make_piece();

    std::size_t count_;
    WriteRow write_;
    Frame frame_;
    std::size_t held_;
    std::size_t next_ = 0;
    bool begun_ = false;
    bool ended_ = false;
};

}  // namespace trommel::server
