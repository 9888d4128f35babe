#include "trommel/pipeline/language/diagnostics.hpp"

#include "pipeline/language/source_map.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace trommel {
namespace {

constexpr std::size_t shown_findings = 100;
constexpr std::size_t shown_columns = 120;  ///< of a longer line, a window around the place
constexpr std::size_t columns_before = 60;
constexpr std::size_t shown_message = 500;  ///< characters; it may quote a key of a megabyte

constexpr std::string_view bold = "\033[1m";
constexpr std::string_view red = "\033[1;31m";
constexpr std::string_view yellow = "\033[1;33m";
constexpr std::string_view reset = "\033[0m";

bool is_before(const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.place.file, a.place, a.severity, a.message) <
           std::tie(b.place.file, b.place, b.severity, b.message);
}

std::string_view name_of(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

/// `text` with the characters that would move a terminal's cursor made visible.
std::string without_controls(std::string_view text) {
    std::string shown(text);
    for (char& byte : shown) {
        const auto code = static_cast<unsigned char>(byte);
        if ((code < 0x20 && byte != '\t') || code == 0x7F) byte = '?';
    }
    return shown;
}

/// The bytes that the first `characters` of `text` take.
std::size_t bytes_of(std::string_view text, std::size_t characters) {
    std::size_t bytes = 0;
    while (characters > 0 && bytes < text.size()) {
        bytes += character_bytes(text.substr(bytes));
        --characters;
    }
    return bytes;
}

std::string shortened(const std::string& message) {
    const std::size_t shown = bytes_of(message, shown_message);
    return shown < message.size() ? message.substr(0, shown) + "..." : message;
}

/// Part of a line that fits a terminal, and the part of it that a place marks.
struct Excerpt {
    std::string text;
    std::string before;  ///< as wide as what precedes the mark: blanks and tabs
    std::size_t marked;  ///< characters, at least 1
};

Excerpt excerpt_of(std::string_view line, const Place& place) {
    std::size_t column = place.column - 1;
    std::string head;
    if (column > columns_before && line.size() > shown_columns) {
        line.remove_prefix(bytes_of(line, column - columns_before));
        column = columns_before + 3;
        head = "...";
    }
    const std::size_t shown = bytes_of(line, shown_columns);
    const std::string_view tail = shown < line.size() ? "..." : "";
    Excerpt excerpt{head + without_controls(line.substr(0, shown)) + std::string(tail), {}, 1};

    const auto before = std::string_view(excerpt.text).substr(0, bytes_of(excerpt.text, column));
    for (std::size_t i = 0; i < before.size(); i += character_bytes(before.substr(i)))
        excerpt.before += before[i] == '\t' ? '\t' : ' ';
    const std::size_t left = count_characters(std::string_view(excerpt.text).substr(before.size()));
    excerpt.marked = std::max<std::size_t>(1, std::min(place.length, left));
    return excerpt;
}

/// Writes findings about one text.
class Renderer {
public:
    Renderer(const SourceText& source, Colour colour)
        : name_(source.name), lines_(source.text), colour_(colour) {}

    void write(const Diagnostic& found) {
        const auto tone = found.severity == Severity::error ? red : yellow;
        write_head(found, tone);
        const bool has_line = found.place.line >= 1 && found.place.line <= lines_.lines();
        if (has_line && found.place.column >= 1)
            write_excerpt(found, tone);
        else if (!found.hint.empty())
            text_ += fmt::format("      = {}\n", found.hint);
    }

    std::string take() { return std::move(text_); }

private:
    std::string painted(std::string_view tone, std::string_view text) const {
        if (colour_ == Colour::none) return std::string(text);
        return fmt::format("{}{}{}", tone, text, reset);
    }

    void write_head(const Diagnostic& found, std::string_view tone) {
        std::string where = name_ + ":";
        if (found.place.line > 0)
            where += fmt::format("{}:{}:", found.place.line, found.place.column);
        const auto kind = fmt::format("{}[{}]:", name_of(found.severity), found.code);
        text_ += fmt::format("{} {} {}\n",
                             painted(bold, where),
                             painted(tone, kind),
                             without_controls(shortened(found.message)));
    }

    void write_excerpt(const Diagnostic& found, std::string_view tone) {
        const auto excerpt = excerpt_of(lines_.line(found.place.line), found.place);
        const auto number = fmt::format("{:>5}", found.place.line);
        std::string mark(excerpt.marked, '^');
        if (!found.hint.empty()) mark += " " + without_controls(found.hint);
        text_ += fmt::format("{} | {}\n", number, excerpt.text);
        text_ +=
            fmt::format("{:{}} | {}{}\n", "", number.size(), excerpt.before, painted(tone, mark));
    }

    std::string name_;
    SourceMap lines_;
    Colour colour_;
    std::string text_;
};

}  // namespace

const SourceText& Diagnostics::include(SourceText source) {
    source.number = static_cast<std::uint32_t>(included_.size() + 1);
    included_.push_back(std::make_shared<const SourceText>(std::move(source)));
    return *included_.back();
}

const SourceText& Diagnostics::text_of(std::uint32_t file, const SourceText& main) const {
    return file == 0 || file > included_.size() ? main : *included_[file - 1];
}

void Diagnostics::add(Diagnostic diagnostic) {
    if (diagnostic.severity == Severity::error) ++errors_;
    found_.push_back(std::move(diagnostic));
}

void Diagnostics::error(Place place, std::string code, std::string message, std::string hint) {
    add({Severity::error, std::move(code), std::move(message), place, std::move(hint)});
}

void Diagnostics::warning(Place place, std::string code, std::string message, std::string hint) {
    add({Severity::warning, std::move(code), std::move(message), place, std::move(hint)});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
    auto findings = found_;
    std::stable_sort(findings.begin(), findings.end(), is_before);
    findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
    return findings;
}

std::string Diagnostics::render(const SourceText& source, Colour colour) const {
    const auto findings = sorted();
    const std::size_t shown = std::min(findings.size(), shown_findings);
    std::string text;
    for (std::size_t i = 0; i < shown;) {
        const auto file = findings[i].place.file;
        Renderer renderer(text_of(file, source), colour);
        for (; i < shown && findings[i].place.file == file; ++i) renderer.write(findings[i]);
        text += renderer.take();
    }
    if (shown < findings.size())
        text += fmt::format("{}: and {} more\n", source.name, with_commas(findings.size() - shown));
    return text;
}

void Diagnostics::throw_if_errors(const SourceText& source, Colour colour) const {
    if (has_errors()) throw ConfigErrors(render(source, colour));
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> words) {
    const auto meant = closest(typed, words);
    return meant ? fmt::format("did you mean '{}'?", *meant) : std::string{};
}

std::string meant_or_all(std::string_view typed, std::span<const std::string> words) {
    auto meant = did_you_mean(typed, words);
    if (!meant.empty()) return meant;
    return fmt::format("there are: {}", fmt::join(words, ", "));
}

}  // namespace trommel
