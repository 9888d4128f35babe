#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "cli/settings/server_config.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/expression.hpp"
#include "trommel/stages/stages.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct ComponentsArguments {
    std::string name{};
    bool as_json = false;
};

std::string ports(const StageType& type) {
    std::vector<std::string> inputs;
    for (const auto& input : type.inputs)
        inputs.push_back(std::string(input.port) + (input.required ? "" : " (optional)"));
    return fmt::format("{} → {}",
                       inputs.empty() ? "nothing" : fmt::format("{}", fmt::join(inputs, ", ")),
                       type.output.empty() ? "nothing" : type.output);
}

std::string limits(const OptionInfo& info) {
    std::string text =
        info.choices.empty() ? info.type : fmt::format("{}", fmt::join(info.choices, " | "));
    if (info.min) text += fmt::format(", at least {}", *info.min);
    if (info.max) text += fmt::format(", at most {}", *info.max);
    if (info.required) text += ", required";
    if (info.secret) text += ", may hold secrets";
    if (!info.fallback.empty()) text += fmt::format(", default {}", info.fallback);
    return text;
}

/// What its policy `cache` may be.
std::vector<std::string> caches(const StageType& type) {
    std::vector<std::string> modes;
    if (type.cache.whole) modes.emplace_back("true");
    if (type.cache.records) modes.emplace_back("record");
    return modes;
}

void print_text(const StageType& type) {
    print_result("{}\n    {}\n    {}\n", type.name, type.help, ports(type));
    if (type.cache.version > 0) print_result("    cache: {}\n", fmt::join(caches(type), " | "));
    for (const auto& option : type.options)
        print_result("      {}: {}\n          {}\n",
                     option.info.name,
                     limits(option.info),
                     option.info.help);
    print_result("\n");
}

json::object to_json(const OptionInfo& info) {
    json::object option{{"name", info.name},
                        {"type", info.type},
                        {"help", info.help},
                        {"required", info.required},
                        {"default", info.fallback}};
    if (info.secret) option["secret"] = true;
    if (!info.choices.empty())
        option["choices"] = json::array(info.choices.begin(), info.choices.end());
    if (info.min) option["min"] = *info.min;
    if (info.max) option["max"] = *info.max;
    return option;
}

json::object to_json(const StageType& type) {
    json::array inputs;
    for (const auto& input : type.inputs)
        inputs.push_back({{"port", input.port}, {"required", input.required}});
    const auto modes = caches(type);
    json::array options;
    for (const auto& option : type.options) options.push_back(to_json(option.info));
    return {{"name", type.name},
            {"help", type.help},
            {"inputs", std::move(inputs)},
            {"output", type.output},
            {"cache", json::array(modes.begin(), modes.end())},
            {"options", std::move(options)}};
}

std::vector<const StageType*> chosen(const Registry& registry, const std::string& name) {
    std::vector<const StageType*> types;
    std::vector<std::string> names;
    for (const auto& [known, type] : registry.types()) {
        names.push_back(known);
        if (name.empty() || known == name || known.starts_with(name + ".")) types.push_back(&type);
    }
    if (types.empty())
        throw ConfigError(
            fmt::format("there is no kind of stage '{}'; {}", name, meant_or_all(name, names)));
    return types;
}

void print_rules() {
    for (const auto& rule : rule_manual()) {
        print_result("{}\n    {}\n", rule.signature, rule.help);
        for (const auto& [name, help] : rule.parameters) print_result("      {}: {}\n", name, help);
        if (!rule.source.empty()) print_result("    Source: {}.\n", rule.source);
        print_result("\n");
    }
}

json::array rules_as_json() {
    json::array all;
    for (const auto& rule : rule_manual()) {
        json::array parameters;
        for (const auto& [name, help] : rule.parameters)
            parameters.push_back({{"name", name}, {"help", help}});
        all.push_back({{"signature", rule.signature},
                       {"help", rule.help},
                       {"source", rule.source},
                       {"parameters", std::move(parameters)}});
    }
    return all;
}

/// What a value is, in words.
std::string form(const OptionInfo& info) {
    std::vector<std::string> forms;
    for (const auto& part : info.parts)
        if (info.type == "any of") forms.push_back(form(part));
    if (!forms.empty()) return fmt::format("{}", fmt::join(forms, " | "));
    if (info.type == "list" && !info.parts.front().parts.empty()) return "list of maps";
    if (info.type == "list") return "list of " + form(info.parts.front());
    if (info.type == "named") return "map from names";
    return limits(info);
}

void print_keys(const OptionInfo& info, std::size_t indent);

/// The keys below a value, whatever appears between.
void print_below(const OptionInfo& info, std::size_t indent) {
    if (info.type == "map" || info.type == "stage") return print_keys(info, indent);
    for (const auto& part : info.parts) {
        if (info.type == "named" && &part == &info.parts.front() && !part.parts.empty()) {
            print_result("{:{}}NAME:\n", "", indent);
            print_below(part, indent + 2);
        } else {
            print_below(part, info.type == "named" ? indent + 2 : indent);
        }
    }
}

void print_keys(const OptionInfo& info, std::size_t indent) {
    for (const auto& part : info.parts) {
        print_result("{:{}}{}: {}\n", "", indent, part.name, form(part));
        if (!part.help.empty()) print_result("{:{}}{}\n", "", indent + 4, part.help);
        print_below(part, indent + 2);
    }
}

json::object keys_as_json(const OptionInfo& info) {
    json::object key = to_json(info);
    json::array parts;
    for (const auto& part : info.parts) parts.push_back(keys_as_json(part));
    if (!parts.empty()) key["parts"] = std::move(parts);
    return key;
}

/// The keys of a file.
void components_of_file(const OptionInfo& info, bool as_json) {
    if (as_json)
        print(keys_as_json(info));
    else
        print_keys(info, 0);
}

/// The functions of `until`, which are not stages.
void components_of_until(const ComponentsArguments& arguments) {
    if (arguments.as_json)
        print(rules_as_json());
    else
        print_rules();
}

void components(const ComponentsArguments& arguments) {
    if (arguments.name == "until") return components_of_until(arguments);
    if (arguments.name == "file") return components_of_file(pipeline_info(), arguments.as_json);
    if (arguments.name == "server") return components_of_file(server_info(), arguments.as_json);
    const Registry registry = stages::all_stages();
    json::array all;
    for (const StageType* type : chosen(registry, arguments.name))
        if (arguments.as_json)
            all.push_back(to_json(*type));
        else
            print_text(*type);
    if (arguments.as_json) print(all);
}

}  // namespace

void add_components(CLI::App& app) {
    auto arguments = std::make_shared<ComponentsArguments>();
    auto* command =
        app.add_subcommand("components", "Shows the manual of stages, keys and stop rules");
    command->add_option("NAME",
                        arguments->name,
                        "A kind of stage, or a prefix such as exec; until: stop rules;\nfile: keys "
                        "of pipeline files; server: keys of server.yaml");
    command->add_flag("--json", arguments->as_json, "Print the manual as JSON");
    command->callback([arguments] { components(*arguments); });
}

}  // namespace trommel::cli
