#include "trommel/dataset/json_lines.hpp"

#include "trommel/core/text.hpp"
#include "trommel/dataset/files/record_fault.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace trommel::dataset {

namespace {

namespace json = boost::json;

constexpr std::size_t pool_bytes = std::size_t{64} << 10;
constexpr std::array<std::string_view, 2> non_finite_words{"NaN", "Infinity"};

struct NonFiniteNumber {
    const char* at = nullptr;
    double value = 0;
};

/// Builds a value from what the parser finds. Boost 1.81's own way rounds one double in five to a
/// neighbour of the nearest; here a score is to equal what Python makes of the same text.
struct ExactHandler {
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
    using Text = json::string_view;
    using Fault = json::error_code;

    json::value_stack stack{};
    std::span<const NonFiniteNumber> non_finite{};  ///< for which zeros appear in the text

    static bool on_document_begin(Fault&) { return true; }
    static bool on_document_end(Fault&) { return true; }
    static bool on_object_begin(Fault&) { return true; }
    bool on_object_end(std::size_t size, Fault&) { return stack.push_object(size), true; }
    static bool on_array_begin(Fault&) { return true; }
    bool on_array_end(std::size_t size, Fault&) { return stack.push_array(size), true; }
    bool on_key_part(Text text, std::size_t, Fault&) { return stack.push_chars(text), true; }
    bool on_key(Text text, std::size_t, Fault&) { return stack.push_key(text), true; }
    bool on_string_part(Text text, std::size_t, Fault&) { return stack.push_chars(text), true; }
    bool on_string(Text text, std::size_t, Fault&) { return stack.push_string(text), true; }
    static bool on_number_part(Text, Fault&) { return true; }
    bool on_int64(std::int64_t value, Text, Fault&) { return stack.push_int64(value), true; }
    bool on_uint64(std::uint64_t value, Text, Fault&) { return stack.push_uint64(value), true; }
    bool on_double(double rough, Text text, Fault&) {
        if (!non_finite.empty() && text.data() == non_finite.front().at) {
            stack.push_double(non_finite.front().value);
            non_finite = non_finite.subspan(1);
            return true;
        }
        const auto exact = parse_number({text.data(), text.size()});
        stack.push_double(exact.value_or(rough));
        return true;
    }
    bool on_bool(bool value, Fault&) { return stack.push_bool(value), true; }
    bool on_null(Fault&) { return stack.push_null(), true; }
    static bool on_comment_part(Text, Fault&) { return true; }
    static bool on_comment(Text, Fault&) { return true; }
};

struct Fault {
    std::size_t at = 0;
    std::string why{};
};

/// Parses all of `text` into `value`, or says where and why it is not JSON.
std::optional<Fault> parse(std::string_view text,
                           const json::storage_ptr& storage,
                           std::optional<json::value>& value,
                           std::span<const NonFiniteNumber> non_finite = {}) {
    json::basic_parser<ExactHandler> parser{json::parse_options{}};
    parser.handler().non_finite = non_finite;
    parser.handler().stack.reset(storage);
    json::error_code error;
    const auto read = parser.write_some(false, text.data(), text.size(), error);
    if (error) return Fault{.at = read, .why = error.message()};
    if (read < text.size()) return Fault{.at = read, .why = "more after the end of the record"};
    value.emplace(parser.handler().stack.release());
    return std::nullopt;
}

std::string_view non_finite_at(std::string_view text, std::size_t at) {
    for (const auto word : non_finite_words) {
        if (text.substr(at).starts_with(word)) return word;
    }
    return {};
}

/// A line with zeros, of the same length, for NaN and Infinity where they are not part of a string.
struct WithZeros {
    explicit WithZeros(std::string_view line) : text(line) {
        bool in_string = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '"') in_string = !in_string;
            if (in_string && text[i] == '\\') ++i;
            const auto word = in_string ? std::string_view() : non_finite_at(text, i);
            if (!word.empty()) put_zero(i, word);
        }
    }
    WithZeros(const WithZeros&) = delete;
    WithZeros& operator=(const WithZeros&) = delete;
    ~WithZeros() = default;

    std::string text;
    std::vector<NonFiniteNumber> numbers{};

private:
    void put_zero(std::size_t at, std::string_view word) {
        const bool is_negative = at > 0 && text[at - 1] == '-';
        if (is_negative && word == non_finite_words.front()) return;  // which Python does not write
        const double infinity = std::numeric_limits<double>::infinity();
        const double value = word == non_finite_words.front()
                                 ? std::numeric_limits<double>::quiet_NaN()
                                 : (is_negative ? -infinity : infinity);
        text.replace(at, word.size(), word.size(), '0').replace(at, 2, "0.");
        numbers.push_back({text.data() + at - (is_negative ? 1 : 0), value});
    }
};

/// The sample's name in a line that is cut off or broken after `{"file_name": "…"`, or nothing.
std::string name_at_front(std::string_view line) {
    for (const std::string_view word : {"{", "\"file_name\"", ":", "\""}) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (!line.starts_with(word)) return "";
        line.remove_prefix(word.size());
    }
    const auto name = line.substr(0, line.find('"'));
    const bool whole = name.size() < line.size() && name.find('\\') == std::string_view::npos;
    return whole ? std::string(name) : "";
}

}  // namespace

JsonLines::JsonLines(LineReader lines, NonFinite non_finite)
    : lines_(std::move(lines)),
      non_finite_(non_finite),
      memory_(pool_bytes),
      pool_(std::make_unique<json::monotonic_resource>(memory_.data(), memory_.size())) {}

const json::object* JsonLines::next() { return next_text() ? parse() : nullptr; }

std::optional<std::string_view> JsonLines::next_text() {
    auto line = lines_.next();
    while (line && trim(*line).empty()) line = lines_.next();
    return line;
}

const json::object* JsonLines::parse() {
    record_.reset();
    pool_->release();
    const auto line = lines_.text();
    auto fault = dataset::parse(line, pool_.get(), record_);
    if (fault && non_finite_ == NonFinite::keep && !non_finite_at(line, fault->at).empty()) {
        const WithZeros zeros(line);
        fault = dataset::parse(zeros.text, pool_.get(), record_, zeros.numbers);
    }
    if (fault) refuse(line, fault->at, fault->why);
    const auto* object = record_->if_object();
    if (object == nullptr) fail("the line must be a JSON object, {\"file_name\": …}");
    return object;
}

void JsonLines::refuse(std::string_view line, std::size_t at, std::string_view why) {
    const auto place = fmt::format("{}:{}:{}", lines_.name(), lines_.line(), at + 1);
    if (const auto word = non_finite_at(line, at); !word.empty()) {
        const auto sample = sample_in(line);
        const auto speaks_of = sample.empty() ? "" : fmt::format("sample '{}': ", sample);
        throw RecordError(
            fmt::format("{}: {}{} is not a number that can be scored", place, speaks_of, word),
            sample);
    }
    throw RecordError(
        fmt::format("{}: malformed JSON ({}); each line must be one whole record", place, why),
        name_at_front(line));
}

/// The sample's name in a line that holds NaN or Infinity, or nothing.
std::string JsonLines::sample_in(std::string_view line) {
    if (dataset::parse(WithZeros(line).text, pool_.get(), record_)) return "";
    const auto* object = record_->if_object();
    const auto* name = object == nullptr ? nullptr : object->if_contains("file_name");
    if (name == nullptr || !name->is_string()) return "";
    const auto& text = name->get_string();
    return {text.data(), text.size()};
}

}  // namespace trommel::dataset
