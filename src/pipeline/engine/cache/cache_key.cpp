#include "pipeline/engine/cache/cache_key.hpp"

#include "pipeline/definition/write/stage_options.hpp"
#include "pipeline/definition/write/yaml_writer.hpp"
#include "pipeline/engine/cache/payload_digest.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace trommel {
namespace {

namespace json = boost::json;

std::vector<std::string> texts_of(const Node& value) {
    std::vector<std::string> texts;
    if (value.is_scalar()) texts.push_back(value.text());
    for (const Node& item : value.items()) texts.push_back(item.text());
    return texts;
}

struct FileDigest {
    std::string digest{};
};

std::string digest_of_file(const std::filesystem::path& file, FileCache& files) {
    const auto read = [&file] { return FileDigest{sha256_of_file(file)}; };
    return files.get<FileDigest>(file, read)->digest;
}

/// Files that an option names: a path, or an argument of a command that is a file.
void add_files(const OptionInfo& info,
               const Node& value,
               const std::filesystem::path& folder,
               FileCache& files,
               KeyParts& parts) {
    if (info.type != "path" && info.type != "list of text") return;
    std::error_code ignored;
    for (const auto& text : texts_of(value))
        if (std::filesystem::is_regular_file(folder / text, ignored))
            parts["file." + text] = digest_of_file(folder / text, files);
}

bool is_digest(const std::string& part) {
    return part.starts_with("file.") || part.starts_with("input.") || part == "dataset";
}

std::string describe_part(const std::string& part) {
    if (part.starts_with("option.")) return fmt::format("option '{}'", part.substr(7));
    if (part.starts_with("file.")) return fmt::format("file {}", part.substr(5));
    if (part.starts_with("input.")) return fmt::format("input '{}'", part.substr(6));
    if (part == "dataset") return "the dataset's file";
    if (part == "version") return "the version of this kind of stage";
    return part;
}

std::string difference(const std::string& part, const std::string& before, const std::string& now) {
    const auto what = describe_part(part);
    if (before.empty()) return fmt::format("{} is new", what);
    if (now.empty()) return fmt::format("{} is gone", what);
    if (is_digest(part))
        return fmt::format(
            "{} has other content (SHA-256 was {:.12}…, is {:.12}…)", what, before, now);
    return fmt::format("{} was {}, is {}", what, before, now);
}

}  // namespace

KeyParts known_parts(const Pipeline& pipeline,
                     const StageSpec& stage,
                     const Scope& scope,
                     FileCache& files) {
    KeyParts parts;
    parts["kind"] = stage.type->name;
    parts["version"] = std::to_string(stage.type->cache.version);
    parts["seed"] = std::to_string(pipeline.seed());
    if (stage.policies.cache == CacheMode::whole)
        parts["dataset"] = digest_of_file(pipeline.dataset.file(), files);
    Diagnostics ignored;  // the same references were resolved when the file was checked
    std::optional<Node> given;
    if (stage.with) given = resolve(*stage.with, scope, ignored);
    const Node options = complete_options(stage, given ? &*given : nullptr, pipeline);
    for (const auto& option : stage.type->options) {
        const Node* value = options.find(option.info.name);
        if (value == nullptr) continue;
        parts["option." + option.info.name] =
            pipeline.secrets.redacted(std::string(trim(write_yaml(*value))));
        const bool is_path = option.info.type == "path";  // seen from the pipeline's folder already
        const auto folder = is_path ? pipeline.folder : pipeline.folder_of(value->file());
        add_files(option.info, *value, folder, files, parts);
    }
    return parts;
}

KeyParts input_parts(const std::vector<Inputs::Stream>& streams, CacheMode mode) {
    std::map<std::string_view, std::vector<PayloadPtr>> arrived;
    for (const auto& stream : streams) {
        auto& all = arrived[stream.port];
        all.insert(all.end(), stream.kept.begin(), stream.kept.end());
    }
    KeyParts parts;
    for (const auto& [port, payloads] : arrived) {
        if (mode == CacheMode::whole)
            parts[fmt::format("input.{}", port)] = digest_of(port, payloads);
        else if (port != TagSet::port)
            parts[fmt::format("input.{}", port)] = digest_without_samples(port, payloads);
    }
    return parts;
}

bool is_of_round(std::string_view part) { return part.starts_with("input.") || part == "round"; }

std::string digest_of(const KeyParts& parts) {
    std::string all;
    for (const auto& [part, value] : parts) all += sha256(part) + sha256(value);
    return sha256(all);
}

std::vector<std::string> differences(const KeyParts& before, const KeyParts& now) {
    const auto value_in = [](const KeyParts& parts, const std::string& part) {
        const auto found = parts.find(part);
        return found == parts.end() ? std::string() : found->second;
    };
    KeyParts all = before;
    all.insert(now.begin(), now.end());
    std::vector<std::string> sentences;
    for (const auto& [part, ignored] : all) {
        const auto old = value_in(before, part);
        const auto current = value_in(now, part);
        if (old != current) sentences.push_back(difference(part, old, current));
    }
    return sentences;
}

std::string to_json_text(const KeyParts& parts) {
    json::object named;
    for (const auto& [part, value] : parts) named[part] = value;
    return indented(named) + '\n';
}

std::optional<KeyParts> parse_parts(std::string_view text) {
    json::error_code error;
    const json::value named = json::parse(text, error);
    if (error || !named.is_object()) return std::nullopt;
    KeyParts parts;
    for (const auto& [part, value] : named.as_object())
        if (value.is_string()) parts[std::string(part)] = std::string(value.as_string());
    return parts;
}

}  // namespace trommel
