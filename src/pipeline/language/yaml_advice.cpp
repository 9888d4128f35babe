#include "pipeline/language/yaml_advice.hpp"

#include <fmt/format.h>

#include <array>

namespace trommel {
namespace {

struct Advice {
    std::string_view complaint;  ///< words of libfyaml's message
    std::string_view hint;
};

constexpr auto known_advice = std::to_array<Advice>({
    {"tab character", "indent with blanks"},
    {"plain scalar cannot start with", "put the text in quotes"},
    {"invalid nested block mapping", "put text that contains ': ' in quotes"},
    {"invalid multiline plain key", "is this line indented as the one above it?"},
    {"invalid scalar at the end of block", "is this line indented as the one above it?"},
    {"without closing quote", "the text begins here and its closing quote is missing"},
    {"invalid escape", "in single quotes a backslash is an ordinary character"},
    {"invalid alias", star_advice},
    {"undefined tag prefix", "leave the tag out"},
    {"invalid extra closing", "is there one too many?"},
});

bool is_unquoted_reference(std::string_view text, std::size_t offset) {
    return offset > 0 && text.substr(offset - 1).starts_with("${");
}

}  // namespace

std::string yaml_advice(std::string_view message,
                        std::string_view text,
                        std::size_t offset,
                        const std::optional<OpenBracket>& open) {
    if (open && is_unquoted_reference(text, offset))
        return "within {} and [] a reference needs quotes: '${...}'";
    for (const auto& advice : known_advice)
        if (message.find(advice.complaint) != std::string_view::npos)
            return std::string(advice.hint);
    if (!open) return {};
    return fmt::format(
        "the '{}' of line {}, column {} is still open", open->bracket, open->line, open->column);
}

}  // namespace trommel
