#include "trommel/pipeline/definition/schema/json_schema.hpp"

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace trommel {
namespace {

namespace json = boost::json;

/// In what kind of file the schema is for.
struct FileStyle {
    bool has_references = true;
    /// It is put over another file: a key may be taken away, and what is missing may be there.
    bool is_overlay = false;
    bool may_be_empty = false;  ///< a map without keys may be left out
};

json::object reference_schema() { return {{"type", "string"}, {"pattern", R"(\$\{)"}}; }

json::array any_scalar() { return {"string", "number", "boolean"}; }

/// A number as units.hpp reads it, above 0 where that is asked for.
std::string number_pattern(bool is_positive) {
    return std::string(is_positive ? "^(?=[0-9.]*[1-9])" : "^") + "([0-9]+[.]?[0-9]*|[.][0-9]+)";
}

json::object quantity(const OptionInfo& info, const char* units) {
    return {{"type", "string"}, {"pattern", number_pattern(info.is_positive) + units}};
}

/// 1% or 0.01, also as text.
json::object share_schema(const OptionInfo& info) {
    json::object number{{"type", "number"}, {"maximum", 1}};
    number[info.is_positive ? "exclusiveMinimum" : "minimum"] = 0;
    const std::string percent = number_pattern(info.is_positive) + "%$";
    const std::string share =
        std::string(info.is_positive ? "^(?=.*[1-9])" : "^") + "(0?[.][0-9]+|0[.]?|1([.]0*)?)$";
    json::object text{{"type", "string"}, {"pattern", percent + '|' + share}};
    return {{"anyOf", json::array{std::move(number), std::move(text)}}};
}

/// As a part of file names and tags.
json::object name_schema() {
    return {{"anyOf",
             json::array{{{"type", "string"}, {"pattern", "^[A-Za-z0-9][A-Za-z0-9_ -]{2,}$"}},
                         {{"type", "integer"}, {"minimum", 100}},
                         {{"type", "boolean"}}}}};
}

json::object text_schema(const OptionInfo& info) {
    json::object schema{{"type", any_scalar()}};
    if (info.type == "path") schema["minLength"] = 1;
    if (!info.pattern.empty()) schema = {{"type", "string"}, {"pattern", info.pattern}};
    return schema;
}

json::value value_of(const std::string& text) {
    const Scalar value = resolve_scalar(text, false);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
    if (const auto* number = std::get_if<double>(&value)) return *number;
    return json::string(text);
}

/// The words, quoted or not.
json::object choice_schema(const OptionInfo& info) {
    json::array words;
    for (const auto& word : info.choices) {
        if (const auto plain = value_of(word); !plain.is_string()) words.push_back(plain);
        words.push_back(json::string(word));
    }
    return {{"enum", std::move(words)}};
}

bool is_scalar(const OptionInfo& info) {
    return info.type != "map" && info.type != "named" && info.type != "list" &&
           info.type != "any of" && info.type != "stage" && info.type != "map of text" &&
           info.type != "options of the kind";
}

/// Writes declarations as JSON Schema.
class SchemaWriter {
public:
    SchemaWriter(const Registry* registry, FileStyle style) : registry_(registry), style_(style) {}

    /// With what people are told, and with what may appear in place of a value.
    json::object key(const OptionInfo& info, bool may_be_taken_away = true) const {
        json::object schema = value(info);
        json::array others;
        if (takes_reference(info)) others.push_back(reference_schema());
        if (style_.is_overlay && may_be_taken_away)
            others.push_back(json::object{{"type", "null"}});
        if (!others.empty()) {
            others.insert(others.begin(), std::move(schema));
            schema = {{"anyOf", std::move(others)}};
        }
        if (!info.help.empty()) schema["description"] = info.help;
        if (!info.fallback.empty() && info.type != "list of text")
            schema["default"] = value_of(info.fallback);
        return schema;
    }

    json::object value(const OptionInfo& info) const {
        if (info.type == "kind of stage") return kind_schema();
        if (info.type == "options of the kind") return {{"type", "object"}};
        if (info.type == "map") return map_schema(info);
        if (info.type == "stage") return stage_schema(info);
        if (info.type == "named") return named_schema(info);
        if (info.type == "any of") return alternatives(info);
        if (info.type == "list") return list_schema(info);
        if (info.type == "list of text") return texts_schema(info);
        if (info.type == "map of text")
            return {{"type", "object"},
                    {"propertyNames", {{"pattern", "^(?!TROMMEL_)[A-Za-z_][A-Za-z0-9_]*$"}}},
                    {"additionalProperties", key(info_of({}, "text"))}};
        return scalar_schema(info);
    }

private:
    /// Texts hold references anyway, and what has to be a secret holds no other.
    bool takes_reference(const OptionInfo& info) const {
        const bool is_any_text = info.type == "text" || info.type == "path" ||
                                 info.type == "expression" || info.type == "list of text";
        return style_.has_references && !info.is_literal && is_scalar(info) && !is_any_text;
    }

    static json::object scalar_schema(const OptionInfo& info) {
        if (info.type == "duration") return quantity(info, "(ms|s|m|h|d)$");
        if (info.type == "bytes") return quantity(info, "(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$");
        if (info.type == "rate") return {{"type", "string"}, {"pattern", rate_pattern()}};
        if (info.type == "share") return share_schema(info);
        if (info.type == "name") return name_schema();
        if (!info.choices.empty()) return choice_schema(info);
        if (info.type != "integer" && info.type != "number" && info.type != "boolean")
            return text_schema(info);
        json::object schema{{"type", info.type}};
        if (info.min) schema["minimum"] = *info.min;
        if (info.max) schema["maximum"] = *info.max;
        return schema;
    }

    static std::string rate_pattern() { return number_pattern(true) + "/(s|m|h)$"; }

    json::object texts_schema(const OptionInfo& info) const {
        OptionInfo item = info_of({}, "text");
        item.is_literal = info.is_literal;
        item.choices = info.choices;
        if (!item.choices.empty()) item.type = "choice";
        json::object one = key(item, false);
        json::object list{{"type", "array"}, {"items", one}};
        const bool is_command = info.at_least > 0 && info.choices.empty();
        if (is_command) list["prefixItems"] = json::array{json::object{{"minLength", 1}}};
        if (is_command) one["minLength"] = 1;
        if (info.at_least > 0) list["minItems"] = static_cast<std::int64_t>(info.at_least);
        return {{"anyOf", json::array{std::move(one), std::move(list)}}};
    }

    /// Lists are put over others as a whole.
    json::object list_schema(const OptionInfo& info) const {
        FileStyle whole = style_;
        whole.is_overlay = false;
        json::object schema{{"type", "array"},
                            {"items", SchemaWriter(registry_, whole).key(info.parts.front())}};
        if (info.at_least > 0) schema["minItems"] = static_cast<std::int64_t>(info.at_least);
        return schema;
    }

    json::object named_schema(const OptionInfo& info) const {
        json::object properties;
        for (std::size_t i = 1; i < info.parts.size(); ++i)
            properties[info.parts[i].name] = key(info.parts[i]);
        json::object schema{{"type", "object"}, {"additionalProperties", key(info.parts.front())}};
        if (!properties.empty()) schema["properties"] = std::move(properties);
        if (info.at_least > 0 && !style_.is_overlay)
            schema["minProperties"] = static_cast<std::int64_t>(info.at_least);
        return schema;
    }

    /// Over another file a map may have some keys of one alternative, and take those of another
    /// away.
    json::object alternatives(const OptionInfo& info) const {
        json::array forms;
        OptionInfo together = info_of({}, "map");
        for (const auto& part : info.parts)
            if (style_.is_overlay && part.type == "map")
                add_keys(part, together);
            else
                forms.push_back(key(part, false));
        if (!together.parts.empty()) forms.push_back(value(together));
        return {{"anyOf", std::move(forms)}};
    }

    static void add_keys(const OptionInfo& map, OptionInfo& together) {
        for (const auto& part : map.parts) {
            const auto known = std::ranges::find(together.parts, part.name, &OptionInfo::name);
            if (known == together.parts.end())
                together.parts.push_back(part);
            else if (part.type != known->type || part.choices != known->choices)
                *known = any_of({*known, part}).as(part.name, part.help);
        }
    }

    json::object map_schema(const OptionInfo& info) const {
        json::object schema{{"type", "object"}, {"additionalProperties", false}};
        if (style_.may_be_empty && info.rules.empty())
            schema["type"] = json::array{"object", "null"};
        if (!info.help.empty()) schema["description"] = info.help;
        json::object properties;
        json::array required;
        for (const auto& part : info.parts) {
            properties[part.name] = key(part);
            if (part.required) required.push_back(json::string(part.name));
        }
        schema["properties"] = std::move(properties);
        if (style_.is_overlay) return schema;
        if (!required.empty()) schema["required"] = std::move(required);
        if (auto rules = rules_of(info); !rules.empty()) schema["allOf"] = std::move(rules);
        return schema;
    }

    static json::object requires_key(const std::string& name) {
        return {{"required", json::array{json::string(name)}}};
    }

    static json::array rules_of(const OptionInfo& info) {
        json::array rules;
        for (const auto& rule : info.rules) {
            json::array each;
            for (const auto& name : rule.keys) each.push_back(requires_key(name));
            rules.push_back(json::object{{rule.is_exclusive ? "oneOf" : "anyOf", std::move(each)}});
        }
        for (const auto& part : info.parts)
            if (!part.needs.empty())
                rules.push_back(json::object{
                    {"anyOf",
                     json::array{{{"not", requires_key(part.name)}}, requires_key(part.needs)}}});
        return rules;
    }

    // ---------------------------------------------------------------------------------- stages

    json::object kind_schema() const {
        json::array kinds;
        for (const auto& [name, type] : registry_->types())
            kinds.push_back({{"const", name}, {"description", type.help}});
        return {{"oneOf", std::move(kinds)}};
    }

    json::object stage_schema(const OptionInfo& info) const {
        json::array rules;
        for (const auto& [name, type] : registry_->types()) rules.push_back(stage_rule(type));
        json::object schema = map_schema(info);
        schema["allOf"] = std::move(rules);
        return schema;
    }

    /// `uses: NAME` allows these options under `with`, and no others.
    json::object stage_rule(const StageType& type) const {
        OptionInfo with = info_of({}, "map");
        for (const auto& option : type.options) with.parts.push_back(option.info);
        json::object options = map_schema(with);
        json::object then{{"properties", {{"with", options}}}};
        if (options.contains("required")) then["required"] = json::array{"with"};
        return {{"if",
                 {{"properties", {{"uses", {{"const", type.name}}}}},
                  {"required", json::array{"uses"}}}},
                {"then", std::move(then)}};
    }

    const Registry* registry_;
    FileStyle style_;
};

json::object document(const char* title, json::object schema) {
    json::object whole{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                       {"title", title}};
    for (auto& [key, value] : schema) whole[key] = std::move(value);
    return whole;
}

}  // namespace

json::value json_schema(const Registry& registry) {
    const OptionInfo info = pipeline_info();
    return document("trommel pipeline",
                    {{"type", "object"},
                     {"if", {{"required", json::array{"extends"}}}},
                     {"then", {{"$ref", "#/$defs/overlay"}}},
                     {"else", {{"$ref", "#/$defs/whole"}}},
                     {"$defs",
                      {{"whole", SchemaWriter(&registry, {}).value(info)},
                       {"overlay", SchemaWriter(&registry, {.is_overlay = true}).value(info)}}}});
}

json::value json_schema(const OptionInfo& settings, const char* title) {
    return document(
        title,
        SchemaWriter(nullptr, {.has_references = false, .may_be_empty = true}).value(settings));
}

}  // namespace trommel
