// HTTP messages: what a client asks and what a server answers. Bodies are streams of pieces, so
// that none has to be in memory.
#pragma once

#include <asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel::http {

/// Where the pieces of a body come from.
class BodySource {
public:
    BodySource() = default;
    BodySource(const BodySource&) = delete;
    BodySource& operator=(const BodySource&) = delete;
    virtual ~BodySource() = default;

    /// The next piece; an empty one means that the body has ended.
    virtual asio::awaitable<std::string> next() = 0;
    /// Bytes of the whole body, if known before it has been read: it then uses Content-Length,
    /// else in chunks.
    virtual std::optional<std::uint64_t> length() const { return std::nullopt; }
    /// Bytes of memory that it takes for as long as it lives, beside the piece that it gives.
    virtual std::size_t held() const { return 0; }
    /// For a reader that keeps in memory what it has read until it has answered: `bytes` more. May
    /// throw MessageError (503), as all such readers together may keep only so much.
    virtual void keep(std::size_t bytes) { static_cast<void>(bytes); }
};

/// A text, or a stream that is read once.
class Body {
public:
    Body() = default;
    Body(std::string text) : text_(std::move(text)) {}  // NOLINT(google-explicit-constructor)
    explicit Body(std::unique_ptr<BodySource> source) : source_(std::move(source)) {}

    bool is_stream() const { return source_ != nullptr; }
    const std::string& text() const { return text_; }
    /// Leaves it empty.
    std::string take_text() { return std::exchange(text_, {}); }
    BodySource& source() { return *source_; }
    /// Bytes of memory that it takes.
    std::size_t held() const { return source_ ? source_->held() : text_.size(); }

    /// The next piece of either kind; an empty one means that the body has ended.
    asio::awaitable<std::string> next();
    /// All that is left, refused with MessageError (413) beyond `limit` bytes. It counts as kept.
    asio::awaitable<std::string> read_all(std::uint64_t limit);

private:
    std::string text_;
    std::unique_ptr<BodySource> source_;
};

/// Header fields in the order in which they came; names are compared without regard to case.
class Headers {
public:
    struct Field {
        std::string name{};
        std::string value{};
    };

    Headers() = default;
    Headers(std::initializer_list<Field> fields) : fields_(fields) {}

    /// The first of this name, or an empty text.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    void add(std::string name, std::string value);
    /// In place of all of this name.
    void set(std::string_view name, std::string value);
    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }

private:
    std::vector<Field> fields_;
};

struct Request {
    std::string method = "GET";
    std::string target = "/";  ///< path and query, as on the wire
    Headers headers{};
    Body body{};
    std::string peer{};  ///< the client's IP address, as a server saw it; empty: not known
};

struct Response {
    unsigned status = 200;
    Headers headers{};
    Body body{};
};

/// What answers requests: one for a server, called on its loop, many at a time.
class Handler {
public:
    Handler() = default;
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;
    virtual ~Handler() = default;

    /// The request's body is read while this runs and not after it has returned; the response's
    /// body is read after it. What it throws is answered with 500 and logged.
    virtual asio::awaitable<Response> answer(Request request) = 0;

    /// Whether the request, of which only the head is there, comes from somebody who is known here:
    /// connections of strangers are the first to go where there are too many. Asked until it is
    /// true, once a request.
    virtual bool knows(const Request& request) const {
        static_cast<void>(request);
        return true;
    }
};

}  // namespace trommel::http
