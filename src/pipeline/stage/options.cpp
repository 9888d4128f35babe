#include "trommel/pipeline/stage/options.hpp"

#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/interpolation.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <iterator>

namespace trommel {
namespace {

/// `text`, `a number, at least 0`, `one of RANDOM, CORESET`: what the option wants to have.
std::string wanted(const OptionInfo& info) {
    if (!info.choices.empty()) return fmt::format("one of {}", fmt::join(info.choices, ", "));
    const bool vowel = info.type == "integer";
    auto text =
        info.type == "text" ? info.type : fmt::format("{} {}", vowel ? "an" : "a", info.type);
    if (info.type == "duration") text += " such as 30s or 2h";
    if (info.min) text += fmt::format(", at least {}", shortest(*info.min));
    if (info.max)
        text += fmt::format("{} at most {}", info.min ? " and" : ",", shortest(*info.max));
    return text;
}

template <typename T>
bool within(const OptionInfo& info, T value) {
    const auto number = static_cast<double>(value);
    return !(info.min && number < *info.min) && !(info.max && number > *info.max);
}

std::vector<std::string> names_of(const std::vector<Option>& declared) {
    std::vector<std::string> names;
    for (const auto& option : declared) names.push_back(option.info.name);
    return names;
}

const Option* find(const std::vector<Option>& declared, const std::string& name) {
    for (const auto& option : declared)
        if (option.info.name == name) return &option;
    return nullptr;
}

void miss_required(const std::vector<Option>& declared,
                   const Node* with,
                   const OptionOwner& owner,
                   Diagnostics& diagnostics) {
    for (const auto& option : declared) {
        const bool given = with != nullptr && with->find(option.info.name) != nullptr;
        if (!option.info.required || given) continue;
        diagnostics.error(owner.place,
                          "missing-option",
                          fmt::format("'{}' needs the option '{}'", owner.name, option.info.name),
                          option.info.help);
    }
}

void read_option(const Option& option,
                 const Node& value,
                 const OptionReader& reader,
                 std::any& options) {
    if (has_references(value)) return;  // has no value, which was said where it was resolved
    if (value.is_null())
        reader.refuse(value, option.info);
    else
        option.read(value, reader, options);
}

/// Why an environment variable cannot be called that; empty if it can.
std::string objection_to_variable(const std::string& name) {
    const auto fits = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    const bool begins_well =
        !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0;
    if (!begins_well || !std::ranges::all_of(name, fits))
        return fmt::format("'{}' is not a name of an environment variable", name);
    if (name.starts_with("TROMMEL_")) return fmt::format("'{}' is set by trommel itself", name);
    return {};
}

/// Plain in YAML where that reads back as the same text.
bool reads_back_plain(const std::string& value) {
    const auto is_special = value.find_first_of(":#{}[],&*!|>'\"%@`\n\\") != std::string::npos;
    return !value.empty() && !is_special && value.front() != '-' && value.front() != '?' &&
           value.front() != ' ' && value.back() != ' ' &&
           std::holds_alternative<std::string>(resolve_scalar(value, false));
}

}  // namespace

OptionInfo info_of(std::string name, std::string type, std::optional<double> min) {
    OptionInfo info;
    info.name = std::move(name);
    info.type = std::move(type);
    info.min = min;
    return info;
}

OptionInfo many_of(std::string type, OptionInfo part, std::size_t at_least) {
    OptionInfo info = info_of({}, std::move(type));
    info.at_least = at_least;
    info.parts.push_back(std::move(part));
    return info;
}

OptionInfo any_of(std::vector<OptionInfo> alternatives) {
    OptionInfo info = info_of({}, "any of");
    info.parts = std::move(alternatives);
    return info;
}

std::vector<const OptionInfo*> declared_below(const std::vector<const OptionInfo*>& infos,
                                              std::string_view key) {
    std::vector<const OptionInfo*> found;
    for (const auto* info : infos) {
        if (info->type == "any of")
            for (const auto& part : info->parts)
                std::ranges::copy(declared_below({&part}, key), std::back_inserter(found));
        if (info->type != "map" && info->type != "named") continue;
        const auto part = std::ranges::find(info->parts, key, &OptionInfo::name);
        if (part != info->parts.end())
            found.push_back(&*part);
        else if (info->type == "named")
            found.push_back(&info->parts.front());
    }
    return found;
}

std::filesystem::path OptionReader::folder_of(const Node& node) const {
    const auto& included = diagnostics.included();
    const auto file = node.file();
    if (file == 0 || file > included.size()) return folder;
    return std::filesystem::path(included[file - 1]->name).parent_path();
}

bool OptionReader::refuse(const Node& node, const OptionInfo& info) const {
    std::string hint;
    if (!info.choices.empty()) hint = did_you_mean(node.text(), info.choices);
    diagnostics.error(
        node.place(),
        info.choices.empty() ? "wrong-type" : "unknown-choice",
        fmt::format("'{}' must be {}, not {}", info.name, wanted(info), describe(node)),
        hint);
    return false;
}

bool OptionReader::read(const Node& node, const OptionInfo& info, bool& value) const {
    const Scalar scalar = scalar_of(node);
    const auto* given = std::get_if<bool>(&scalar);
    if (given == nullptr) return refuse(node, info);
    value = *given;
    return true;
}

bool OptionReader::read(const Node& node, const OptionInfo& info, std::int64_t& value) const {
    const Scalar scalar = scalar_of(node);
    const auto* given = std::get_if<std::int64_t>(&scalar);
    if (given == nullptr || !within(info, *given)) return refuse(node, info);
    value = *given;
    return true;
}

bool OptionReader::read(const Node& node, const OptionInfo& info, double& value) const {
    const Scalar scalar = scalar_of(node);
    double number = 0;
    if (const auto* whole = std::get_if<std::int64_t>(&scalar))
        number = static_cast<double>(*whole);
    else if (const auto* given = std::get_if<double>(&scalar))
        number = *given;
    else
        return refuse(node, info);
    if (!within(info, number) || !(number == number)) return refuse(node, info);
    value = number;
    return true;
}

bool OptionReader::read(const Node& node, const OptionInfo& info, std::string& value) const {
    if (!node.is_scalar()) return refuse(node, info);
    if (!info.choices.empty() && std::ranges::count(info.choices, node.text()) == 0)
        return refuse(node, info);
    value = node.text();
    return true;
}

bool OptionReader::read(const Node& node,
                        const OptionInfo& info,
                        std::filesystem::path& value) const {
    if (!node.is_scalar() || node.text().empty()) return refuse(node, info);
    value = (folder_of(node) / node.text()).lexically_normal();
    if (files != nullptr && !node.is_secret())
        files->push_back({.place = node.place(),
                          .option = info.name,
                          .path = value,
                          .form = info.form,
                          .open = {}});
    return true;
}

bool OptionReader::read(const Node& node,
                        const OptionInfo& info,
                        std::chrono::milliseconds& value) const {
    if (!node.is_scalar()) return refuse(node, info);
    const auto duration = parse_duration(node.text());
    if (!duration) return refuse(node, info);
    value = *duration;
    return true;
}

bool OptionReader::read(const Node& node,
                        const OptionInfo& info,
                        std::vector<std::string>& value) const {
    if (!node.is_list() && !node.is_scalar()) return refuse(node, info);
    std::vector<std::string> texts;
    if (node.is_scalar()) texts.push_back(node.text());
    for (const Node& item : node.items()) {
        if (!item.is_scalar()) return refuse(item, info);
        texts.push_back(item.text());
    }
    value = std::move(texts);
    return true;
}

bool OptionReader::read(const Node& node, const OptionInfo& info, Command& value) const {
    Command command;
    if (!read(node, info, command.argv)) return false;
    if (command.argv.empty() || command.argv.front().empty()) return refuse(node, info);
    command.folder = folder_of(node);
    value = std::move(command);
    return true;
}

bool OptionReader::read(const Node& node,
                        const OptionInfo& info,
                        EnvironmentVariables& value) const {
    if (!node.is_map()) return refuse(node, info);
    EnvironmentVariables variables;
    for (const auto& [name, place, text] : node.entries()) {
        if (const auto objection = objection_to_variable(name); !objection.empty()) {
            diagnostics.error(place, "bad-name", objection);
            return false;
        }
        if (!text.is_scalar()) return refuse(text, info);
        variables[name] = text.text();
    }
    value = std::move(variables);
    return true;
}

void read_options(const std::vector<Option>& declared,
                  const Node* with,
                  const OptionOwner& owner,
                  const OptionReader& reader,
                  std::any& options) {
    if (with != nullptr && !with->is_map()) {
        reader.diagnostics.error(with->place(),
                                 "wrong-type",
                                 fmt::format("the options of '{}' must be a map", owner.name));
        return;
    }
    miss_required(declared, with, owner, reader.diagnostics);
    if (with == nullptr) return;
    for (const auto& entry : with->entries())
        if (const Option* option = find(declared, entry.key))
            read_option(*option, entry.value, reader, options);
        else
            reader.diagnostics.error(entry.key_place,
                                     "unknown-key",
                                     fmt::format("'{}' has no option '{}'", owner.name, entry.key),
                                     did_you_mean(entry.key, names_of(declared)));
}

std::string to_yaml(bool value) { return value ? "true" : "false"; }
std::string to_yaml(std::int64_t value) { return std::to_string(value); }
std::string to_yaml(double value) { return canonical(value); }

std::string to_yaml(const std::string& value) {
    if (reads_back_plain(value)) return value;
    std::string quoted = "\"";
    for (const char c : value) switch (c) {
            case '"':
                quoted += "\\\"";
                break;
            case '\\':
                quoted += "\\\\";
                break;
            case '\n':
                quoted += "\\n";
                break;
            case '\t':
                quoted += "\\t";
                break;
            default:
                quoted += c;
        }
    return quoted + '"';
}

std::string to_yaml(const std::filesystem::path& value) { return to_yaml(value.string()); }
std::string to_yaml(std::chrono::milliseconds value) { return to_text(value); }

std::string to_yaml(const std::vector<std::string>& value) {
    std::vector<std::string> items;
    for (const auto& item : value) items.push_back(to_yaml(item));
    return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string to_yaml(const Command& value) { return to_yaml(value.argv); }

std::string to_yaml(const EnvironmentVariables& value) {
    std::vector<std::string> items;
    for (const auto& [name, text] : value) items.push_back(name + ": " + to_yaml(text));
    return fmt::format("{{{}}}", fmt::join(items, ", "));
}

}  // namespace trommel
