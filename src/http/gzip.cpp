#include "http/gzip.hpp"

#include "trommel/http/message_error.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <new>
#include <string_view>
#include <utility>

namespace trommel::http {
namespace {

constexpr int gzip_window = 15 + 16;  ///< the largest, with gzip's head and tail; see zlib.h
/// Bytes worked on between two uses the loop.
constexpr std::size_t step = std::size_t{32} * 1024;

/// The pieces of a body, at most a step of each at once.
class Input {
public:
    explicit Input(Body body) : body_(std::move(body)) {}

    /// Something to work on, if the body has not ended.
    asio::awaitable<void> refill() {
        if (!rest_.empty() || ended_) co_return;
        piece_ = co_await body_.next();
        rest_ = piece_;
        ended_ = piece_.empty();
    }
    bool is_empty() const { return rest_.empty(); }
    void keep(std::size_t bytes) {
        if (body_.is_stream()) body_.source().keep(bytes);
    }
    bool has_ended() const { return ended_; }

    void offer_to(z_stream& zip) const {
        zip.next_in = reinterpret_cast<const Bytef*>(rest_.data());
        zip.avail_in = static_cast<uInt>(std::min(rest_.size(), step));
    }
    void take_from(const z_stream& zip) {
        const auto* const next = reinterpret_cast<const char*>(zip.next_in);
        rest_.remove_prefix(static_cast<std::size_t>(next - rest_.data()));
    }

private:
    Body body_;
    std::string piece_;
    std::string_view rest_;
    bool ended_ = false;
};

/// Room for `step` bytes of output, then what of it is filled.
class Output {
public:
    explicit Output(z_stream& zip) : zip_(zip) {
        zip_.next_out = reinterpret_cast<Bytef*>(text_.data());
        zip_.avail_out = static_cast<uInt>(text_.size());
    }
    std::string take() {
        text_.erase(step - zip_.avail_out);
        return std::move(text_);
    }

private:
    z_stream& zip_;
    std::string text_ = std::string(step, '\0');
};

class Gzip final : public BodySource {
public:
    explicit Gzip(Body plain) : input_(std::move(plain)) {
        const int code = deflateInit2(
            &zip_, Z_BEST_SPEED, Z_DEFLATED, gzip_window, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
        if (code != Z_OK) throw std::bad_alloc();
    }
    ~Gzip() override { deflateEnd(&zip_); }

    asio::awaitable<std::string> next() override {
        std::string piece;
        while (piece.empty() && !done_) {
            co_await input_.refill();
            piece = pack();
        }
        co_return piece;
    }

private:
    std::string pack() {
        Output output(zip_);
        if (input_.is_empty()) {
            zip_.avail_in = 0;
            done_ = deflate(&zip_, Z_FINISH) == Z_STREAM_END;
        } else {
            input_.offer_to(zip_);
            deflate(&zip_, Z_NO_FLUSH);
            input_.take_from(zip_);
        }
        return output.take();
    }

    z_stream zip_{};
    Input input_;
    bool done_ = false;
};

class Gunzip final : public BodySource {
public:
    Gunzip(Body packed, std::uint64_t limit) : input_(std::move(packed)), limit_(limit) {
        if (inflateInit2(&zip_, gzip_window) != Z_OK) throw std::bad_alloc();
    }
    ~Gunzip() override { inflateEnd(&zip_); }

    asio::awaitable<std::string> next() override {
        std::string piece;
        while (piece.empty()) {
            co_await input_.refill();
            if (input_.is_empty() && !holds_output_) {
                if (!between_members_) throw MessageError(400, "the gzip body ends early");
                break;
            }
            piece = unpack();
        }
        count(piece.size());
        co_return piece;
    }
    void keep(std::size_t bytes) override { input_.keep(bytes); }

private:
    std::string unpack() {
        Output output(zip_);
        input_.offer_to(zip_);
        if (between_members_ && !input_.is_empty()) inflateReset(&zip_);
        const int code = inflate(&zip_, Z_NO_FLUSH);
        input_.take_from(zip_);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            throw MessageError(400, "the body is not gzip");
        between_members_ = code == Z_STREAM_END;
        holds_output_ = zip_.avail_out == 0 && !between_members_;
        return output.take();
    }

    void count(std::size_t bytes) {
        if (bytes > limit_) throw MessageError(413, "the body unpacks to more than is taken here");
        limit_ -= bytes;
    }

    z_stream zip_{};
    Input input_;
    std::uint64_t limit_;  ///< what may still come
    bool between_members_ = false;
    bool holds_output_ = false;
};

}  // namespace

std::unique_ptr<BodySource> gzip(Body plain) { return std::make_unique<Gzip>(std::move(plain)); }

std::unique_ptr<BodySource> gunzip(Body packed, std::uint64_t limit) {
    return std::make_unique<Gunzip>(std::move(packed), limit);
}

}  // namespace trommel::http
