#include "http/parser.hpp"

#include "http/token.hpp"
#include "trommel/http/message_error.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

#include <utility>

namespace trommel::http {
namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

std::string_view text_of(string_view text) { return {text.data(), text.size()}; }

/// Whether the first line ends with a version, as HTTP/2.0, that is not 1.0 or 1.1.
bool is_of_other_version(std::string_view message) {
    const auto line = message.substr(0, message.find_first_of("\r\n"));
    const auto version = line.substr(line.rfind(' ') + 1);
    return version.size() == 8 && version.starts_with("HTTP/") && version[5] != '1';
}

unsigned status_of(const error_code& error, std::string_view bytes) {
    const bool in_version = error == beast::error::bad_version;
    return in_version && is_of_other_version(bytes) ? 505 : 400;
}

}  // namespace

/// What Beast's two parsers have in common here.
class Parser::Codec {
public:
    Codec() = default;
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;
    virtual ~Codec() = default;

    virtual void begin(bool bodyless) = 0;
    virtual std::size_t put(std::string_view bytes, error_code& error) = 0;
    virtual void put_end(error_code& error) = 0;
    virtual bool has_begun() const = 0;
    virtual bool has_head() const = 0;
    virtual bool is_done() const = 0;
    virtual bool is_chunked() const = 0;

    Head head{};
    std::string body{};
};

template <bool is_request>
class Parser::CodecOf final : public Codec {
public:
    void begin(bool bodyless) override {
        head = {};
        body.clear();
        parser_.emplace(*this);
        parser_->skip(bodyless);
        // A head's and a chunk's size are bounded by Parser, over all reads; Beast bounds one read.
        parser_->header_limit(static_cast<std::uint32_t>(-1));
        parser_->body_limit(boost::none);
    }

    std::size_t put(std::string_view bytes, error_code& error) override {
        parser_->eager(has_head());  // stops at the end of the head, then at none of the chunks
        return parser_->put({bytes.data(), bytes.size()}, error);
    }

    void put_end(error_code& error) override { parser_->put_eof(error); }
    bool has_begun() const override { return parser_->got_some(); }
    bool has_head() const override { return parser_->is_header_done(); }
    bool is_done() const override { return parser_->is_done(); }
    bool is_chunked() const override { return parser_->chunked(); }

private:
    class Reader final : public beast::basic_parser<is_request> {
    public:
        explicit Reader(Codec& codec) : codec_(codec) {}

    private:
        void on_request_impl(beast::verb,
                             string_view method,
                             string_view target,
                             int version,
                             error_code&) override {
            codec_.head.method = text_of(method);
            codec_.head.target = text_of(target);
            codec_.head.is_1_1 = version == 11;
        }

        void on_response_impl(int code, string_view, int version, error_code&) override {
            codec_.head.status = static_cast<unsigned>(code);
            codec_.head.is_1_1 = version == 11;
        }

        void on_field_impl(beast::field field,
                           string_view name,
                           string_view value,
                           error_code&) override {
            if (in_trailer_) return;  // what decided about the body has been decided before it
            if (field == beast::field::transfer_encoding) check_coding(text_of(value));
            if (field == beast::field::content_length) check_length(text_of(value));
            if (field == beast::field::host) check_host();
            codec_.head.headers.add(std::string(text_of(name)), std::string(text_of(value)));
        }

        void check_coding(std::string_view value) const {
            if (!same_token(value, "chunked"))
                throw MessageError(501, "the only transfer coding that is understood is 'chunked'");
            if (!codec_.head.is_1_1) throw MessageError(400, "HTTP/1.0 has no Transfer-Encoding");
        }

        void check_length(std::string_view value) {
            if (has_length_ || value.find(',') != std::string_view::npos)
                throw MessageError(400, "the body has more than one Content-Length");
            has_length_ = true;
        }

        void check_host() {
            if (is_request && has_host_) throw MessageError(400, "there is more than one Host");
            has_host_ = true;
        }

        void on_header_impl(error_code&) override {
            if (is_request && codec_.head.is_1_1 && !has_host_)
                throw MessageError(400, "an HTTP/1.1 request needs a Host");
            in_trailer_ = true;
            codec_.head.keep_alive = this->keep_alive();
            const auto length = this->content_length();
            if (length) codec_.head.length = *length;
        }

        void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

        std::size_t on_body_impl(string_view body, error_code&) override {
            codec_.body.append(body.data(), body.size());
            return body.size();
        }

        void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

        std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
            codec_.body.append(body.data(), body.size());
            return body.size();
        }

        void on_finish_impl(error_code&) override {}

        Codec& codec_;
        bool has_length_ = false;
        bool has_host_ = false;
        bool in_trailer_ = false;
    };

    std::optional<Reader> parser_;
};

Parser::Parser(Reads reads, std::size_t head_limit) : reads_(reads), head_limit_(head_limit) {
    if (reads == Reads::requests)
        codec_ = std::make_unique<CodecOf<true>>();
    else
        codec_ = std::make_unique<CodecOf<false>>();
    begin();
}

Parser::~Parser() = default;

void Parser::begin(bool bodyless) {
    head_bytes_ = 0;
    codec_->begin(bodyless);
}

/// Beast 1.81 asserts five bytes when it looks a second time at the line of the last chunk, and a
/// body in chunks has at least `0`, a line end and an empty line to come.
bool Parser::is_too_short(std::string_view bytes) const {
    return has_head() && codec_->is_chunked() && bytes.size() < 5;
}

std::size_t Parser::put(std::string_view bytes) {
    if (bytes.empty() || is_done() || is_too_short(bytes)) return 0;
    const bool in_head = !has_head();
    error_code error;
    const std::size_t taken = codec_->put(bytes, error);
    const bool needs_more = error == beast::error::need_more;
    if (error && !needs_more)
        throw MessageError(status_of(error, bytes),
                           fmt::format("this is no HTTP: {}", error.message()));
    if (in_head) head_bytes_ += taken;
    const std::size_t held = needs_more ? bytes.size() - taken : 0;
    if (in_head && head_bytes_ + held > head_limit_)
        throw MessageError(431, fmt::format("the head is larger than {} bytes", head_limit_));
    if (held > head_limit_) throw MessageError(400, "a chunk's line or the trailer is too long");
    return taken;
}

void Parser::put_end() {
    error_code error;
    codec_->put_end(error);
    if (error) throw MessageError(400, "the message ended in the middle");
}

bool Parser::has_begun() const { return codec_->has_begun(); }
bool Parser::has_head() const { return codec_->has_head(); }
bool Parser::is_done() const { return codec_->is_done(); }
Head& Parser::head() { return codec_->head; }
std::string Parser::take_body() { return std::exchange(codec_->body, {}); }

}  // namespace trommel::http
