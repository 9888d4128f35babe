#include "pipeline/language/raw_scalar.hpp"

#include "pipeline/language/characters.hpp"

#include <algorithm>
#include <charconv>

namespace trommel {
namespace {

void skip_blanks(std::string_view text, std::size_t& i) {
    while (i < text.size() && is_blank(text[i])) ++i;
}

/// The bytes of the escape at the head of `raw`: YAML 1.2.2, section 5.7.
std::size_t escape_bytes(std::string_view raw) {
    const char kind = raw.size() > 1 ? raw[1] : '\\';
    const std::size_t bytes = kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2;
    return std::min(bytes, raw.size());
}

/// True when the escape means a blank, or (before a line end) for nothing.
bool escapes_blank(std::string_view escape) {
    if (escape.size() < 2) return false;
    constexpr std::string_view blanks = "tnr \t\n\r";
    if (escape.size() == 2) return blanks.find(escape[1]) != std::string_view::npos;
    unsigned code = 0;
    std::from_chars(escape.data() + 2, escape.data() + escape.size(), code, 16);
    return code < 0x80 && is_blank(static_cast<char>(code));
}

/// Walks the source of one scalar, a character of its text at a time.
class RawWalker {
public:
    RawWalker(std::string_view raw, RawScalar::Quotes quotes) : raw_(raw), quotes_(quotes) {}

    std::size_t position() const { return position_; }
    bool at_end() const { return position_ >= raw_.size(); }

    void skip_to_character() {
        skip_blanks(raw_, position_);
        while (at_escape() && escapes_blank(rest().substr(0, escape_bytes(rest())))) {
            position_ += escape_bytes(rest());
            skip_blanks(raw_, position_);
        }
    }

    void take_character() {
        if (at_escape())
            position_ += escape_bytes(rest());
        else if (quotes_ == RawScalar::Quotes::single_quoted && rest().starts_with("''"))
            position_ += 2;
        else
            position_ += character_bytes(rest());
    }

private:
    std::string_view rest() const { return raw_.substr(position_); }
    bool at_escape() const {
        return quotes_ == RawScalar::Quotes::double_quoted && rest().starts_with('\\');
    }

    std::string_view raw_;
    RawScalar::Quotes quotes_;
    std::size_t position_ = 0;
};

}  // namespace

std::size_t find_in_source(const RawScalar& raw, std::string_view text, std::size_t offset) {
    RawWalker walker(raw.source->text().substr(raw.begin, raw.end - raw.begin), raw.quotes);
    std::size_t i = 0;
    while (true) {
        const std::size_t gap = i;
        const std::size_t raw_gap = walker.position();
        skip_blanks(text, i);
        walker.skip_to_character();
        // Blanks that appear one for one are found one for one; folded ones, where the gap begins.
        if (offset < i || i >= text.size() || walker.at_end()) {
            const bool alike = i - gap == walker.position() - raw_gap;
            return raw.begin + (offset < i && alike ? raw_gap + offset - gap : walker.position());
        }
        const std::size_t bytes = character_bytes(text.substr(i));
        if (offset < i + bytes) return raw.begin + walker.position();
        i += bytes;
        walker.take_character();
    }
}

}  // namespace trommel
