#include "pipeline/load/params.hpp"

#include "pipeline/load/section.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::optional<double> bound(Section& section, std::string_view key, const OptionReader& reader) {
    const Node* node = section.find(key);
    if (node == nullptr) return std::nullopt;
    double value = 0;
    OptionInfo info;
    info.name = key;
    info.type = "number";
    if (!reader.read(*node, info, value)) return std::nullopt;
    return value;
}

ParamSpec read_long(const std::string& name, const Node& node, Diagnostics& diagnostics) {
    const OptionReader reader{diagnostics, {}};
    Section section(node, fmt::format("param '{}'", name), diagnostics);
    ParamSpec param;
    param.info.name = name;
    if (const Node* type = section.need("type")) param.info.type = type_named(*type, diagnostics);
    if (const Node* fallback = section.find("default")) param.fallback = *fallback;
    param.info.min = bound(section, "min", reader);
    param.info.max = bound(section, "max", reader);
    OptionInfo texts;
    texts.type = "list of text";
    if (const Node* help = section.find("help")) reader.read(*help, param.info, param.info.help);
    if (const Node* choices = section.find("of")) {
        texts.name = "of";
        reader.read(*choices, texts, param.info.choices);
    }
    section.refuse_others();
    if (param.info.type == "choice" && param.info.choices.empty())
        diagnostics.error(node.place(),
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
            param = read_long(name, value, diagnostics);
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
