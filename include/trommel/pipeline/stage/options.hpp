// Options: what may appear under a stage's `with:` or in a section of a file, declared once, beside
// the struct that receives it.
//
// From one declaration come the check of the file, the defaults, the manual (`trommel components`)
// and the JSON Schema for editors, so none of them can drift from the code.
#pragma once

#include "trommel/dataset/file_form.hpp"
#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/interpolation.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <any>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel {

/// Which of a map's keys go together: exactly one of these, or one at least.
struct KeyRule {
    std::vector<std::string> keys{};
    bool is_exclusive = true;
};

/// What people and editors are told about one option.
struct OptionInfo {
    std::string name{};
    /// text, path, integer, number, boolean, duration, bytes, rate, share, expression, choice, list
    /// of text, map of text; of what has parts: map, list, named (a map from names), any of
    std::string type{};
    std::string help{};
    std::string fallback{};  ///< as it would be written in YAML; empty: no default
    bool required = false;
    std::vector<std::string> choices{};  ///< of a choice
    std::optional<double> min{};
    std::optional<double> max{};
    bool secret = false;              ///< may hold secrets
    bool is_literal = false;          ///< references have no meaning in it
    bool is_positive = false;         ///< of an amount: not 0
    std::string needs{};              ///< the key without which it means nothing
    std::string pattern{};            ///< a regular expression for its text
    std::size_t at_least = 0;         ///< items or names
    std::vector<OptionInfo> parts{};  ///< a map's keys; what an item or a name has; alternatives
    std::vector<KeyRule> rules{};     ///< of a map
    dataset::FileForm form = dataset::FileForm::any;  ///< of a path: what must be there

    /// The same under another name.
    OptionInfo as(std::string key, std::string text) const {
        OptionInfo info = *this;
        info.name = std::move(key);
        info.help = std::move(text);
        return info;
    }
};

/// A file that an option names.
struct NamedFile {
    Place place{};
    std::string option{};
    std::filesystem::path path{};
    dataset::FileForm form = dataset::FileForm::any;
    std::function<void()> open{};  ///< as far as its header, where `form` does not say how
};

/// What is not an option of a struct's own: without choices, default and, but for `min`, bounds.
OptionInfo info_of(std::string name, std::string type, std::optional<double> min = {});
/// Of a list or a map from names, all of whose values are like `part`.
OptionInfo many_of(std::string type, OptionInfo part, std::size_t at_least = 0);
OptionInfo any_of(std::vector<OptionInfo> alternatives);

/// What is declared for the value under `key` where any of `infos` may appear.
std::vector<const OptionInfo*> declared_below(const std::vector<const OptionInfo*>& infos,
                                              std::string_view key);

/// A program with its arguments, and where it runs: in the folder of the file that names it.
struct Command {
    std::vector<std::string> argv{};
    std::filesystem::path folder{};

    bool empty() const { return argv.empty(); }
};

using EnvironmentVariables = std::map<std::string, std::string>;

/// Limits of an option beyond its type.
struct OptionRules {
    bool required = false;
    std::optional<double> min{};
    std::optional<double> max{};
    dataset::FileForm form = dataset::FileForm::any;
};

/// Where values are read: finds of faults go to `diagnostics`; paths in the main text are relative
/// to `folder`, and go to `files` too if there is such.
struct OptionReader {
    Diagnostics& diagnostics;
    std::filesystem::path folder;
    const Scope* scope = nullptr;  ///< what references mean; none: they have no meaning
    std::vector<NamedFile>* files = nullptr;

    /// The node with its references resolved.
    Node resolved(const Node& node) const {
        return scope == nullptr ? node : resolve(node, *scope, diagnostics);
    }

    bool read(const Node& node, const OptionInfo& info, bool& value) const;
    bool read(const Node& node, const OptionInfo& info, std::int64_t& value) const;
    bool read(const Node& node, const OptionInfo& info, double& value) const;
    bool read(const Node& node, const OptionInfo& info, std::string& value) const;
    bool read(const Node& node, const OptionInfo& info, std::filesystem::path& value) const;
    bool read(const Node& node, const OptionInfo& info, std::chrono::milliseconds& value) const;
    bool read(const Node& node, const OptionInfo& info, std::vector<std::string>& value) const;
    bool read(const Node& node, const OptionInfo& info, Command& value) const;
    /// Names that begin with TROMMEL_ are refused: trommel sets those.
    bool read(const Node& node, const OptionInfo& info, EnvironmentVariables& value) const;

    template <typename T>
    bool read(const Node& node, const OptionInfo& info, std::optional<T>& value) const {
        return read(node, info, value.emplace());
    }
    /// A whole number of another type, which holds all that the option's bounds let through.
    template <std::integral T>
    bool read(const Node& node, const OptionInfo& info, T& value) const {
        std::int64_t whole = 0;
        if (!read(node, info, whole)) return false;
        value = static_cast<T>(whole);
        return true;
    }

    /// What a relative path in the node is relative to: the folder of the file in which it appears.
    std::filesystem::path folder_of(const Node& node) const;

    /// Says that `node` is not what `info` asks for; returns false.
    bool refuse(const Node& node, const OptionInfo& info) const;
};

/// How a default is written in YAML.
std::string to_yaml(bool value);
std::string to_yaml(std::int64_t value);
std::string to_yaml(double value);
std::string to_yaml(const std::string& value);
std::string to_yaml(const std::filesystem::path& value);
std::string to_yaml(std::chrono::milliseconds value);
std::string to_yaml(const std::vector<std::string>& value);
std::string to_yaml(const Command& value);
std::string to_yaml(const EnvironmentVariables& value);

template <std::integral T>
std::string to_yaml(T value) {
    return std::to_string(value);
}

template <typename T>
std::string to_yaml(const std::optional<T>& value) {
    return value ? to_yaml(*value) : "";
}

/// A default as `OptionInfo::fallback` has it: an empty text or path is none.
template <typename T>
std::string fallback_of(const T& value) {
    if constexpr (requires { value.empty(); })
        if (value.empty()) return {};
    return to_yaml(value);
}

/// The manual's word for a type of option.
template <typename T>
std::string type_word() {
    if constexpr (std::same_as<T, bool>) return "boolean";
    if constexpr (std::integral<T> && !std::same_as<T, bool>) return "integer";
    if constexpr (std::same_as<T, double>) return "number";
    if constexpr (std::same_as<T, std::string>) return "text";
    if constexpr (std::same_as<T, std::filesystem::path>) return "path";
    if constexpr (std::same_as<T, std::chrono::milliseconds>) return "duration";
    if constexpr (std::same_as<T, std::vector<std::string>> || std::same_as<T, Command>)
        return "list of text";
    if constexpr (std::same_as<T, EnvironmentVariables>) return "map of text";
    if constexpr (requires { typename T::value_type; } && !std::same_as<T, std::string> &&
                  !std::same_as<T, std::filesystem::path> &&
                  !std::same_as<T, std::vector<std::string>> &&
                  !std::same_as<T, EnvironmentVariables>)
        return type_word<typename T::value_type>();
}

/// One option of any stage, its type forgotten.
struct Option {
    OptionInfo info;
    /// Reads `node` into the options struct that the any holds.
    std::function<bool(const Node& node, const OptionReader& reader, std::any& options)> read;
};

/// Whose options they are, as diagnostics speak of it.
struct OptionOwner {
    std::string name{};
    Place place{};
};

/// Reads the map `with` (or nothing) into `options`, which holds the defaults. Unknown and missing
/// options, wrong types and values out of bounds become diagnostics.
void read_options(const std::vector<Option>& declared,
                  const Node* with,
                  const OptionOwner& owner,
                  const OptionReader& reader,
                  std::any& options);

template <typename Options, typename T>
OptionInfo option_info(std::string name, T Options::*member, std::string help, OptionRules rules) {
    OptionInfo info = info_of(std::move(name), type_word<T>(), rules.min);
    info.help = std::move(help);
    if (!rules.required) info.fallback = fallback_of(Options{}.*member);
    info.required = rules.required;
    info.max = rules.max;
    info.form = rules.form;
    if constexpr (std::same_as<T, Command>) info.at_least = 1;
    return info;
}

template <typename T>
using Choices = std::vector<std::pair<std::string, T>>;

template <typename Options, typename T>
OptionInfo choice_info(std::string name,
                       T Options::*member,
                       std::string help,
                       const Choices<T>& choices) {
    OptionInfo info = info_of(std::move(name), "choice");
    info.help = std::move(help);
    for (const auto& [word, value] : choices) {
        info.choices.push_back(word);
        if (value == Options{}.*member) info.fallback = word;
    }
    return info;
}

/// Reads one of the words of `choices` as its value.
template <typename T>
bool read_choice(const Node& node,
                 const OptionReader& reader,
                 const OptionInfo& info,
                 const Choices<T>& choices,
                 T& value) {
    std::string word;
    if (!reader.read(node, info, word)) return false;
    for (const auto& [choice, meaning] : choices)
        if (choice == word) value = meaning;
    return true;
}

template <typename Options, typename T>
Option make_option(std::string name, T Options::*member, std::string help, OptionRules rules) {
    OptionInfo info = option_info(std::move(name), member, std::move(help), rules);
    auto read = [member, info](const Node& node, const OptionReader& reader, std::any& options) {
        return reader.read(node, info, std::any_cast<Options&>(options).*member);
    };
    return {std::move(info), std::move(read)};
}

/// An option whose value is one of `choices`, written as their names are.
template <typename Options, typename T>
Option make_choice(std::string name, T Options::*member, std::string help, Choices<T> choices) {
    OptionInfo info = choice_info(std::move(name), member, std::move(help), choices);
    auto read = [member, info, choices = std::move(choices)](
                    const Node& node, const OptionReader& reader, std::any& options) {
        return read_choice(node, reader, info, choices, std::any_cast<Options&>(options).*member);
    };
    return {std::move(info), std::move(read)};
}

}  // namespace trommel
