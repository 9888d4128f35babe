#include "schema/documents.hpp"

#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <regex>

namespace trommel::test {
namespace {

namespace json = boost::json;

json::value to_json(const Node& node) {
    if (node.is_list()) {
        json::array items;
        for (const auto& item : node.items()) items.push_back(to_json(item));
        return items;
    }
    if (node.is_map()) {
        json::object entries;
        for (const auto& entry : node.entries()) entries[entry.key] = to_json(entry.value);
        return entries;
    }
    const Scalar scalar = scalar_of(node);
    if (const auto* truth = std::get_if<bool>(&scalar)) return *truth;
    if (const auto* whole = std::get_if<std::int64_t>(&scalar)) return *whole;
    if (const auto* number = std::get_if<double>(&scalar)) return *number;
    if (const auto* text = std::get_if<std::string>(&scalar)) return json::string(*text);
    return nullptr;
}

/// What appears in place of any value.
const std::vector<json::value>& others() {
    static const std::vector<json::value> values{nullptr,
                                                 true,
                                                 0,
                                                 -1,
                                                 7,
                                                 0.5,
                                                 "",
                                                 "word",
                                                 "5",
                                                 "30s",
                                                 "0s",
                                                 "20%",
                                                 "5/s",
                                                 "64MiB",
                                                 json::array{},
                                                 json::array{json::value("word")},
                                                 json::array{json::value(nullptr)},
                                                 json::array{json::value(json::object{})},
                                                 json::object{},
                                                 json::object{{"word", 1}},
                                                 json::object{{"word", nullptr}}};
    return values;
}

class Mutator {
public:
    Mutator(const json::value& whole,
            const std::string& param,
            const std::function<void(const Mutant&)>& look)
        : whole_(whole), param_(param), look_(look) {}

    void mutate(const std::string& place) {
        const json::value here = whole_.at_pointer(place);
        if (!place.empty()) {
            for (const auto& other : others()) put(place, other, json::serialize(other));
            if (!param_.empty() && !here.is_structured() && !here.is_null()) refer(place, here);
        }
        if (const auto* map = here.if_object()) mutate_map(place, *map);
        if (const auto* list = here.if_array())
            for (std::size_t i = 0; i < list->size(); ++i) mutate(place + '/' + std::to_string(i));
    }

private:
    void put(const std::string& place, const json::value& value, const std::string& change) {
        Mutant mutant{whole_, place, change};
        mutant.document.at_pointer(place) = value;
        look_(mutant);
    }

    void mutate_map(const std::string& place, const json::object& map) {
        auto longer = map;
        longer["unheard_of"] = 1;
        put_map(place, longer, "a key too many");
        for (const auto& [key, value] : map) {
            auto shorter = map;
            shorter.erase(key);
            put_map(place, shorter, "without " + std::string(key));
            mutate(place + '/' + std::string(key));
        }
    }

    void put_map(const std::string& place, const json::object& map, const std::string& change) {
        Mutant mutant{whole_, place, change};
        (place.empty() ? mutant.document : mutant.document.at_pointer(place)) = map;
        look_(mutant);
    }

    void refer(const std::string& place, const json::value& value) {
        Mutant mutant{whole_, place, "a reference"};
        mutant.document.at_pointer(place) = "${params." + param_ + "}";
        auto& root = mutant.document.as_object();
        if (!root.contains("params")) root["params"] = json::object{};
        if (auto* params = root["params"].if_object()) (*params)[param_] = value;
        look_(mutant);
    }

    const json::value& whole_;
    const std::string& param_;
    const std::function<void(const Mutant&)>& look_;
};

}  // namespace

json::value read_as_json(const std::filesystem::path& file) {
    const auto source = load_source(file);
    Diagnostics diagnostics;
    const auto node = parse_yaml(source, diagnostics);
    diagnostics.throw_if_errors(source);
    return to_json(*node);
}

std::string written(const json::value& document) {
    return std::regex_replace(
        std::regex_replace(json::serialize(document), std::regex("2[.]5E-1"), "0.25"),
        std::regex("\\b5E-1"),
        "0.5");
}

void for_each_mutant(const json::value& whole,
                     const std::string& param,
                     const std::function<void(const Mutant& mutant)>& look) {
    Mutator(whole, param, look).mutate("");
}

json::value Generator::value_of(const json::value& any, int depth) {
    const auto& schema = any.as_object();
    if (const auto* reference = schema.if_contains("$ref"))
        return value_of(root_.at_pointer(std::string(reference->as_string()).substr(1)), depth);
    if (const auto* then = schema.if_contains("else")) return value_of(*then, depth);
    if (const auto* words = schema.if_contains("enum"))
        return words->as_array()[below(words->as_array().size())];
    if (const auto* word = schema.if_contains("const")) return *word;
    for (const auto* key : {"anyOf", "oneOf"})
        if (const auto* forms = schema.if_contains(key);
            forms != nullptr && !schema.contains("properties"))
            return value_of(forms->as_array()[below(forms->as_array().size())], depth);
    const auto& type = schema.at("type");
    const auto& name = type.is_array() ? type.as_array()[below(type.as_array().size())] : type;
    const std::string word(name.as_string());
    if (word == "object") return object_of(schema, depth);
    if (word != "array") return scalar_of(schema, word);
    json::array items;
    for (auto count = 1 + below(2); count > 0; --count)
        items.push_back(value_of(schema.at("items"), depth + 1));
    return items;
}

json::value Generator::object_of(const json::object& schema, int depth) {
    json::object map;
    const auto* required = schema.if_contains("required");
    if (const auto* properties = schema.if_contains("properties"))
        for (const auto& [key, value] : properties->as_object()) {
            const bool is_needed =
                required != nullptr && std::ranges::count(required->as_array(), key) > 0;
            const bool is_known = key == "uses" || is_needed;
            if (is_known || below(3) == 0) map[key] = value_of(value, depth + 1);
        }
    const auto* more = schema.if_contains("additionalProperties");
    if (more != nullptr && more->is_object())
        for (auto count = 1 + below(2); count > 0; --count)
            map["name" + std::to_string(count)] = value_of(*more, depth + 1);
    if (const auto* rules = schema.if_contains("allOf"))
        for (const auto& rule : rules->as_array())
            if (const auto* if_ = rule.as_object().if_contains("if"))
                if (map.at("uses") == if_->at_pointer("/properties/uses/const"))
                    if (const auto* with = rule.at("then").as_object().if_contains("properties"))
                        map["with"] = value_of(with->at("with"), depth + 1);
    return map;
}

json::value Generator::scalar_of(const json::object& schema, const std::string& type) {
    const auto bound = [&](const char* key, double otherwise) {
        const auto* value = schema.if_contains(key);
        return value == nullptr ? otherwise : value->to_number<double>();
    };
    if (type == "boolean") return below(2) == 0;
    if (type == "null") return nullptr;
    if (type == "integer")
        return static_cast<std::int64_t>(
            std::min(bound("minimum", 0) + static_cast<double>(below(3)), bound("maximum", 1e9)));
    if (type == "number")
        return std::min(bound("minimum", bound("exclusiveMinimum", 0)) + 0.25,
                        bound("maximum", 1e9));
    const auto* pattern = schema.if_contains("pattern");
    for (const auto* text : {"word",
                             "30s",
                             "64MiB",
                             "5/s",
                             "20%",
                             "${params.one}",
                             "${secrets.one}",
                             "0123456789012345678901234567890123456789012345678901234567890123"})
        if (pattern == nullptr ||
            std::regex_search(text, std::regex(std::string(pattern->as_string()))))
            return json::string(text);
    return "word";
}

}  // namespace trommel::test
