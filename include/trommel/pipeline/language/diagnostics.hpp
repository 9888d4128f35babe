// What is wrong with a text, all of it in one pass, told as a compiler tells it.
#pragma once

#include "trommel/core/error.hpp"
#include "trommel/pipeline/language/source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel {

enum class Severity { error, warning };

/// One finding.
struct Diagnostic {
    Severity severity = Severity::error;
    std::string code{};     ///< a few words for machines: `unknown-key`
    std::string message{};  ///< what is wrong, one line without a full stop
    Place place{};
    std::string hint{};  ///< what would do; may be empty

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// Thrown when a text has errors; its message is the rendered findings.
class ConfigErrors : public ConfigError {
    using ConfigError::ConfigError;
};

enum class Colour { none, ansi };

/// The texts beside a main one, by their numbers less one.
using SourceTexts = std::vector<std::shared_ptr<const SourceText>>;

/// The findings about one text, and about those that it includes.
class Diagnostics {
public:
    Diagnostics() = default;
    explicit Diagnostics(SourceTexts included) : included_(std::move(included)) {}

    /// Takes in a text beside the main one, and gives it its number.
    const SourceText& include(SourceText source);
    const SourceTexts& included() const { return included_; }
    /// The text that a place of this number is in, where `main` is number 0.
    const SourceText& text_of(std::uint32_t file, const SourceText& main) const;

    void add(Diagnostic diagnostic);
    void error(Place place, std::string code, std::string message, std::string hint = {});
    void warning(Place place, std::string code, std::string message, std::string hint = {});

    bool empty() const { return found_.empty(); }
    bool has_errors() const { return errors_ > 0; }
    /// How many errors were added.
    std::size_t errors() const { return errors_; }

    /// All findings by text and place, each once.
    std::vector<Diagnostic> sorted() const;

    /// The findings as text, each with the line it speaks of; after a hundred, only their number.
    /// `source` is the main text.
    std::string render(const SourceText& source, Colour colour = Colour::none) const;

    /// Throws ConfigErrors if there is an error.
    void throw_if_errors(const SourceText& source, Colour colour = Colour::none) const;

private:
    SourceTexts included_;
    std::vector<Diagnostic> found_;
    std::size_t errors_ = 0;
};

/// `did you mean 'score'?` when one of `words` is near to `typed`, else nothing.
std::string did_you_mean(std::string_view typed, std::span<const std::string> words);

/// The same, else `there are: ` and all of them.
std::string meant_or_all(std::string_view typed, std::span<const std::string> words);

}  // namespace trommel
