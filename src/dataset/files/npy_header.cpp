#include "npy_header.hpp"

#include "little_endian.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace trommel::dataset {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header = std::size_t{1} << 20;
constexpr std::size_t most_dimensions = 32;  // as in numpy

/// The dict that numpy writes: a Python literal of strings, booleans and a tuple of integers.
class DictParser {
public:
    explicit DictParser(std::string_view text) : text_(text) {}

    void parse(NpyHeader& header) {
        expect('{');
        while (!take('}')) {
            const auto key = string();
            expect(':');
            read_value(key, header);
            if (!take(',') && peek() != '}') refuse("a comma or '}' is missing");
        }
        skip_blanks();
        if (!text_.empty()) refuse("more appears after the dict");
        if (!has_descr_ || !has_order_ || !has_shape_)
            refuse("it must have 'descr', 'fortran_order' and 'shape'");
    }

private:
    [[noreturn]] static void refuse(std::string_view why) {
        throw DataError(fmt::format("the header is not one that numpy writes: {}", why));
    }

    void read_value(std::string_view key, NpyHeader& header) {
        if (key == "descr" && !has_descr_) {
            if (peek() == '[')
                throw DataError("it holds records of several fields; write one array of numbers");
            header.descr = string();
            has_descr_ = true;
        } else if (key == "fortran_order" && !has_order_) {
            header.fortran_order = boolean();
            has_order_ = true;
        } else if (key == "shape" && !has_shape_) {
            header.shape = tuple();
            has_shape_ = true;
        } else {
            refuse(fmt::format("'{}' is unknown, or there twice", key));
        }
    }

    void skip_blanks() {
        text_.remove_prefix(std::min(text_.find_first_not_of(" \t\n\r"), text_.size()));
    }

    char peek() {
        skip_blanks();
        return text_.empty() ? '\0' : text_.front();
    }

    bool take(char c) {
        if (peek() != c) return false;
        text_.remove_prefix(1);
        return true;
    }

    void expect(char c) {
        if (!take(c)) refuse(fmt::format("a '{}' is missing", c));
    }

    bool take_word(std::string_view word) {
        skip_blanks();
        if (!text_.starts_with(word)) return false;
        text_.remove_prefix(word.size());
        return true;
    }

    bool boolean() {
        if (take_word("True")) return true;
        if (take_word("False")) return false;
        refuse("'fortran_order' must be True or False");
    }

    std::string string() {
        const char quote = peek();
        if (quote != '\'' && quote != '"') refuse("a string is missing");
        const auto end = text_.find(quote, 1);
        if (end == std::string_view::npos) refuse("a string has no end");
        std::string value(text_.substr(1, end - 1));
        if (value.find('\\') != std::string::npos) refuse("a string has an escape in it");
        text_.remove_prefix(end + 1);
        return value;
    }

    std::vector<std::size_t> tuple() {
        std::vector<std::size_t> values;
        expect('(');
        while (!take(')')) {
            values.push_back(integer());
            if (values.size() > most_dimensions) refuse("'shape' has more than 32 dimensions");
            if (!take(',') && peek() != ')') refuse("a comma or ')' is missing in 'shape'");
        }
        return values;
    }

    std::size_t integer() {
        skip_blanks();
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (error != std::errc{}) refuse("'shape' must hold integers from 0 to 2^64");
        text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
        take_word("L");  // Python 2's long
        return value;
    }

    std::string_view text_;
    bool has_descr_ = false;
    bool has_order_ = false;
    bool has_shape_ = false;
};

}  // namespace

NpyHeader parse_npy_header(std::span<const std::byte> file) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    if (!text.starts_with(magic))
        throw DataError("is not a .npy file: it does not begin with \\x93NUMPY");
    if (text.size() < 12) throw DataError("the file ends within its header");
    const auto version = static_cast<unsigned char>(text[6]);
    if (version < 1 || version > 3)
        throw DataError(fmt::format("the header has version {}; numpy writes 1, 2 and 3",
                                    static_cast<int>(version)));
    const std::size_t begin = version == 1 ? 10 : 12;
    const std::size_t length = version == 1 ? little_endian<std::uint16_t>(file.subspan(8))
                                            : little_endian<std::uint32_t>(file.subspan(8));
    if (length > longest_header)
        throw DataError(
            fmt::format("the header says that it has {} bytes; 1 MiB is the most", length));
    if (length > text.size() - begin) throw DataError("the file ends within its header");
    NpyHeader header;
    header.bytes = begin + length;
    DictParser(text.substr(begin, length)).parse(header);
    return header;
}

}  // namespace trommel::dataset
