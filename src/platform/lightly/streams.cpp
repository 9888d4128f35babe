#include "platform/lightly/streams.hpp"

#include "trommel/core/text.hpp"
#include "trommel/platform/platform.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <limits>
#include <utility>

namespace trommel::lightly {
namespace {

namespace json = boost::json;

[[noreturn]] void fail(const std::string& what) {
    throw PlatformError(PlatformError::Reason::unusable, "the server's answer: " + what);
}

/// Takes the texts of one list, and nothing else.
struct TextHandler {
    using Error = json::error_code;
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = 1 << 20;

    static bool on_document_begin(Error&) { return true; }
    static bool on_document_end(Error&) { return true; }
    bool on_array_begin(Error&) { return ++depth == 1 || refuse(); }
    static bool on_array_end(std::size_t, Error&) { return true; }
    static bool on_object_begin(Error&) { return refuse(); }
    static bool on_object_end(std::size_t, Error&) { return refuse(); }
    static bool on_key_part(json::string_view, std::size_t, Error&) { return refuse(); }
    static bool on_key(json::string_view, std::size_t, Error&) { return refuse(); }
    bool on_string_part(json::string_view part, std::size_t, Error&) {
        text.append(part.data(), part.size());
        return depth == 1 || refuse();
    }
    bool on_string(json::string_view part, std::size_t, Error&) {
        text.append(part.data(), part.size());
        texts.push_back(std::exchange(text, {}));
        return depth == 1 || refuse();
    }
    static bool on_number_part(json::string_view, Error&) { return refuse(); }
    static bool on_int64(std::int64_t, json::string_view, Error&) { return refuse(); }
    static bool on_uint64(std::uint64_t, json::string_view, Error&) { return refuse(); }
    static bool on_double(double, json::string_view, Error&) { return refuse(); }
    static bool on_bool(bool, Error&) { return refuse(); }
    static bool on_null(Error&) { return refuse(); }
    static bool on_comment_part(json::string_view, Error&) { return refuse(); }
    static bool on_comment(json::string_view, Error&) { return refuse(); }

    [[noreturn]] static bool refuse() { fail("it is not a list of texts"); }

    int depth = 0;
    std::string text{};
    std::vector<std::string> texts{};
};

constexpr std::string_view blanks = " \t\r\n";

}  // namespace

class TextList::Parser {
public:
    void read(std::string_view piece, bool more) {
        json::error_code error;
        const auto taken = parser_.write_some(more, piece.data(), piece.size(), error);
        if (error) fail(error.message());
        if (taken != piece.size() &&
            piece.find_first_not_of(blanks, taken) != std::string_view::npos)
            fail("more appears behind it");
    }
    std::vector<std::string> texts() { return std::move(parser_.handler().texts); }

private:
    json::basic_parser<TextHandler> parser_{json::parse_options()};
};

TextList::TextList() : parser_(std::make_unique<Parser>()) {}
TextList::~TextList() = default;

void TextList::read(std::string_view piece) { parser_->read(piece, true); }

std::vector<std::string> TextList::finish() {
    parser_->read({}, false);
    return parser_->texts();
}

void NumberList::read(std::string_view piece) {
    if (done_) return;
    rest_ += piece;
    if (!in_list_) find_list();
    if (in_list_) take_numbers();
}

void NumberList::find_list() {
    const auto key = rest_.find(key_);
    if (key == std::string::npos) {
        // The key may be cut: its beginning stays.
        if (rest_.size() > key_.size()) rest_.erase(0, rest_.size() - key_.size());
        return;
    }
    const auto colon = rest_.find_first_not_of(blanks, key + key_.size());
    if (colon == std::string::npos) return;
    const auto list = rest_.find_first_not_of(blanks, colon + 1);
    if (list == std::string::npos) return;
    if (rest_[colon] != ':' || rest_[list] != '[') fail(key_ + " is not a list");
    rest_.erase(0, list + 1);
    in_list_ = true;
}

void NumberList::take_numbers() {
    std::size_t begin = 0;
    while (!done_) {
        const auto end = rest_.find_first_of(",]", begin);
        if (end == std::string::npos) break;
        const auto word = trim(std::string_view(rest_).substr(begin, end - begin));
        done_ = rest_[end] == ']';
        begin = end + 1;
        if (done_ && word.empty() && numbers_.empty()) break;
        const auto number =
            word == "null" ? std::numeric_limits<double>::quiet_NaN() : parse_number(word);
        if (!number) fail(fmt::format("'{}' in {} is not a number", word.substr(0, 40), key_));
        numbers_.push_back(*number);
    }
    rest_.erase(0, begin);
}

std::vector<double> NumberList::finish() {
    if (!done_) fail(fmt::format("it has no list {}", key_));
    return std::move(numbers_);
}

}  // namespace trommel::lightly
