#include "pipeline/definition/load/params.hpp"

#include "trommel/core/text.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace trommel {
namespace {

/// What a param's `type` may say, and what an option of that type is called.
struct TypeWord {
    std::string_view written;
    std::string_view type;
};
constexpr std::array<TypeWord, 5> type_words{{{"int", "integer"},
                                              {"number", "number"},
                                              {"text", "text"},
                                              {"bool", "boolean"},
                                              {"enum", "choice"}}};

std::string type_named(const Node& node, Diagnostics& diagnostics) {
    std::vector<std::string> words;
    for (const auto& word : type_words) {
        if (node.text() == word.written) return std::string(word.type);
        words.emplace_back(word.written);
    }
    diagnostics.error(
        node.place(),
        "unknown-choice",
        fmt::format("a param's type is one of {}, not {}", fmt::join(words, ", "), describe(node)),
        did_you_mean(node.text(), words));
    return "text";
}

/// The type that a short param has by its value.
std::string type_of(const Node& value) {
    const Scalar scalar = scalar_of(value);
    if (std::holds_alternative<bool>(scalar)) return "boolean";
    if (std::holds_alternative<std::int64_t>(scalar)) return "integer";
    if (std::holds_alternative<double>(scalar)) return "number";
    return "text";
}

/// A param whose type is written `word`; text where that is not a type.
MapType<ParamSpec> long_type(std::string_view word, std::string_view type) {
    OptionInfo written = info_of("type", "choice").as("type", "Type of its values.");
    written.choices = {std::string(word)};
    written.required = true;
    const OptionInfo bound = info_of({}, "number");
    const OptionInfo help = info_of("help", "text").as("help", "Description for people.");
    const OptionInfo fallback = info_of({}, type == "choice" ? "text" : std::string(type));
    OptionInfo choices = info_of("of", "list of text").as("of", "Values of an enum.");
    if (type == "choice") choices.at_least = 1;
    auto read_bound = [](std::string name, std::optional<double> OptionInfo::*member) {
        return [info = info_of(std::move(name), "number"), member](
                   const Node& node, const OptionReader& reader, ParamSpec& param) {
            double value = 0;
            if (reader.read(node, info, value)) param.info.*member = value;
        };
    };
    auto map =
        MapType<ParamSpec>("A value that --set can change, with its type.")
            .key(written,
                 [](const Node& node, const OptionReader& reader, ParamSpec& param) {
                     param.info.type = type_named(node, reader.diagnostics);
                 })
            .key(fallback.as("default", "Default value."),
                 [](const Node& node, const OptionReader&, ParamSpec& param) {
                     param.fallback = node;
                 })
            .key(bound.as("min", "Lowest value allowed."), read_bound("min", &OptionInfo::min))
            .key(bound.as("max", "Highest value allowed."), read_bound("max", &OptionInfo::max))
            .key(help,
                 [](const Node& node, const OptionReader& reader, ParamSpec& param) {
                     reader.read(node, param.info, param.info.help);
                 })
            .key(choices,
                 [choices](const Node& node, const OptionReader& reader, ParamSpec& param) {
                     reader.read(node, choices, param.info.choices);
                 });
    if (type != "choice") return map;
    return std::move(map).some_of(
        {"of"}, {.code = "missing-key", .message = "{} of type enum needs its choices, 'of'"});
}

/// By type_words.
const std::vector<MapType<ParamSpec>>& long_types() {
    static const auto types = [] {
        std::vector<MapType<ParamSpec>> all;
        for (const auto& word : type_words) all.push_back(long_type(word.written, word.type));
        return all;
    }();
    return types;
}

ParamSpec read_long(const std::string& name, const Node& node, const OptionReader& reader) {
    ParamSpec param;
    param.info.name = name;
    const Node* type = node.find("type");
    const std::string word = type == nullptr ? "text" : type->text();
    const auto known = std::ranges::find(type_words, word, &TypeWord::written);
    const auto text = std::ranges::find(type_words, "text", &TypeWord::written);
    const auto index = (known == type_words.end() ? text : known) - type_words.begin();
    long_types()[static_cast<std::size_t>(index)].read(
        node, fmt::format("param '{}'", name), reader, param);
    if (param.info.type == "choice" && node.find("of") != nullptr && param.info.choices.empty())
        reader.diagnostics.error(
            node.place(),
            "missing-key",
            fmt::format("param '{}' of type enum needs its choices, 'of'", name));
    return param;
}

/// The value that `--set name=text` gives. Throws ConfigError if there is no such param or it does
/// not fit.
Node override_of(const ParamSpecs& params, const std::string& name, const std::string& text) {
    const auto param = params.find(name);
    if (param == params.end()) {
        std::vector<std::string> names;
        for (const auto& [known, spec] : params) names.push_back(known);
        throw ConfigError(
            fmt::format("--set {}={}: the pipeline declares no param '{}'; it has {}",
                        name,
                        text,
                        name,
                        names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
    }
    Node value = Node::scalar({}, text).as_final();
    Diagnostics faults;
    if (!check_param(param->second, value, faults))
        throw ConfigError(
            fmt::format("--set {}={}: {}", name, text, faults.sorted().front().message));
    return value;
}

}  // namespace

bool check_param(const ParamSpec& param, const Node& value, Diagnostics& diagnostics) {
    const OptionReader reader{diagnostics, {}};
    if (param.info.type == "boolean") {
        bool ignored = false;
        return reader.read(value, param.info, ignored);
    }
    if (param.info.type == "integer") {
        std::int64_t ignored = 0;
        return reader.read(value, param.info, ignored);
    }
    if (param.info.type == "number") {
        double ignored = 0;
        return reader.read(value, param.info, ignored);
    }
    std::string ignored;
    return reader.read(value, param.info, ignored);
}

OptionInfo params_info() {
    std::vector<OptionInfo> forms{info_of({}, "text")};
    for (const auto& word : type_words) forms.push_back(long_type(word.written, word.type).info());
    return many_of("named", any_of(std::move(forms)))
        .as("params", "Parameters of the pipeline; --set changes them.");
}

OptionInfo param_values_info(std::string name, std::string help, std::size_t at_least) {
    return many_of("named", info_of({}, "text"), at_least).as(std::move(name), std::move(help));
}

ParamSpecs read_params(const Node& params, const Scope& scope, Diagnostics& diagnostics) {
    ParamSpecs specs;
    const Node resolved = resolve(params, scope, diagnostics);
    if (!resolved.is_map()) {
        diagnostics.error(params.place(), "wrong-type", "'params' must be a map");
        return specs;
    }
    for (const auto& [name, place, value] : resolved.entries()) {
        ParamSpec param;
        if (value.is_map()) {
            param = read_long(name, value, {diagnostics, {}});
        } else {
            param.info.name = name;
            param.info.type = type_of(value);
            param.fallback = value;
        }
        param.place = place;
        if (param.fallback) check_param(param, *param.fallback, diagnostics);
        specs.emplace(name, std::move(param));
    }
    return specs;
}

std::map<std::string, Node> param_values(const ParamSpecs& params,
                                         const Overrides& overrides,
                                         Diagnostics& diagnostics) {
    std::map<std::string, Node> values;
    for (const auto& [name, param] : params)
        if (param.fallback) values.insert_or_assign(name, param.fallback->as_final());
    for (const auto& [name, text] : overrides)
        values.insert_or_assign(name, override_of(params, name, text));
    for (const auto& [name, param] : params)
        if (!values.contains(name))
            diagnostics.error(param.place,
                              "missing-param",
                              fmt::format("param '{}' has no default and was not given", name),
                              fmt::format("run with --set {}=VALUE", name));
    return values;
}

}  // namespace trommel
