// Credential: a token by which a caller is known.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace trommel {

/// Never empty, short or blank: that there is none is said by std::optional, and equals no value.
class Credential {
public:
    static constexpr std::size_t min_characters = 16;
    static constexpr std::size_t max_characters = 4096;

    /// What is wrong with a text, to appear behind what it is in a sentence; nothing if it will do.
    static std::optional<std::string> fault_of(std::string_view text);

    /// Nothing for a text that has a fault.
    static std::optional<Credential> parse(std::string_view text);

    const std::string& text() const { return text_; }

private:
    explicit Credential(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

/// Whether this is the SHA-256 of what a failed mount or a lost argument leaves: of no text, or of
/// blanks and line ends alone.
bool is_digest_of_nothing(std::string_view sha256);

}  // namespace trommel
