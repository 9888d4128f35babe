// How keys of server.yaml are declared and read.
#pragma once

#include "cli/settings/server_config.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trommel::cli {

using SettingsType = MapType<ServerConfig>;
using SettingsKey = std::pair<OptionInfo, SettingsType::Read>;

std::string text_of(const Node& node, const OptionReader& reader);

/// A key of this type, with its help.
OptionInfo told(std::string name, std::string type, std::string help);

/// `16MiB`.
std::string in_bytes(std::uint64_t bytes);

/// A secret file's text, or none after an error; its warning goes to `warnings`.
std::optional<std::string> secret_in(const Node& node,
                                     const std::filesystem::path& file,
                                     const OptionReader& reader,
                                     std::vector<std::string>& warnings);

/// A token that is alone in a file; empty after an error.
std::string token_in(const Node& node,
                     const OptionReader& reader,
                     std::vector<std::string>& warnings);

/// A text by a function that says what is wrong with it.
template <typename Parse, typename Value>
void parse_into(const Node& node,
                const OptionReader& reader,
                Parse parse,
                Value& value,
                const char* code = "bad-value") {
    try {
        value = parse(text_of(node, reader));
    } catch (const ConfigError& error) {
        reader.diagnostics.error(node.place(), code, error.what());
    }
}

/// How a key is read: `place(config)` is where its value goes.
template <typename Place, typename Parse>
SettingsType::Read parsed(Place place, Parse parse, const char* code = "bad-value") {
    return [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        parse_into(node, reader, parse, place(config), code);
    };
}

/// A key that is one of some words, each with its value.
template <typename T, typename Place>
SettingsKey choice(std::string name, std::string help, Choices<T> choices, Place place) {
    ServerConfig defaults;
    OptionInfo info = told(std::move(name), "choice", std::move(help));
    for (const auto& [word, value] : choices) {
        info.choices.push_back(word);
        if (place(defaults) == value) info.fallback = word;
    }
    auto read = [=, words = info.choices](
                    const Node& node, const OptionReader& reader, ServerConfig& config) {
        const auto word = text_of(node, reader);
        for (const auto& [known, value] : choices)
            if (known == word) return void(place(config) = value);
        reader.diagnostics.error(node.place(),
                                 "wrong-value",
                                 fmt::format("this is one of {}", fmt::join(words, ", ")),
                                 did_you_mean(word, words));
    };
    return {std::move(info), std::move(read)};
}

template <typename Place>
SettingsKey file(std::string name, std::string help, Place place) {
    auto read = [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        place(config) = (reader.folder / text_of(node, reader)).string();
    };
    return {told(std::move(name), "text", std::move(help)), std::move(read)};
}

template <typename Place>
SettingsKey bytes(std::string name, std::string help, Place place) {
    ServerConfig defaults;
    OptionInfo info = told(std::move(name), "bytes", std::move(help));
    info.fallback = in_bytes(place(defaults));
    auto read = [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        const auto size = parse_bytes(text_of(node, reader));
        if (size)
            place(config) = *size;
        else
            reader.diagnostics.error(node.place(), "bad-size", size.problem());
    };
    return {std::move(info), std::move(read)};
}

template <typename Place>
SettingsKey count(
    std::string name, std::string help, std::int64_t least, std::int64_t most, Place place) {
    ServerConfig defaults;
    OptionInfo info = told(std::move(name), "integer", std::move(help));
    info.min = static_cast<double>(least);
    info.max = static_cast<double>(most);
    info.fallback = std::to_string(place(defaults));
    auto read = [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        const auto value = scalar_of(node);
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr || *number < least || *number > most)
            return reader.diagnostics.error(
                node.place(),
                "wrong-type",
                fmt::format("this has to be a whole number from {} to {}", least, most));
        place(config) = static_cast<std::remove_reference_t<decltype(place(config))>>(*number);
    };
    return {std::move(info), std::move(read)};
}

/// A list of what `parse` reads, which throws ConfigError with a sentence.
template <typename Place, typename Parse>
SettingsKey texts(std::string name,
                  std::string help,
                  Place place,
                  Parse parse,
                  const char* code = "bad-value",
                  const char* objection = "this has to be a list") {
    auto read = [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        if (!node.is_list()) return reader.diagnostics.error(node.place(), "wrong-type", objection);
        for (const auto& item : node.items())
            parse_into(item, reader, parse, place(config).emplace_back(), code);
    };
    return {many_of("list", info_of({}, "text")).as(std::move(name), std::move(help)),
            std::move(read)};
}

}  // namespace trommel::cli
