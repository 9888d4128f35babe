#include "pipeline/engine/journal/inputs.hpp"

#include "pipeline/definition/write/settings.hpp"
#include "trommel/core/digest.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <variant>

namespace trommel {
namespace {

using Paths = std::set<std::filesystem::path>;

/// Not std::filesystem::absolute, which refuses the empty path of the current folder.
std::filesystem::path from_root(const std::filesystem::path& path) {
    return (std::filesystem::current_path() / path).lexically_normal();
}

void add(const std::filesystem::path& file, Paths& files) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored)) files.insert(from_root(file));
}

void add(const std::optional<SampleSource>& source, Paths& files) {
    if (source)
        if (const auto* names = std::get_if<NamedSamples>(&*source)) add(names->file, files);
}

const Node* options_of(const Node& document, const std::string& stage) {
    const Node* stages = document.find("stages");
    const Node* spec = stages == nullptr ? nullptr : stages->find(stage);
    return spec == nullptr ? nullptr : spec->find("with");
}

void add_options(const Pipeline& pipeline, const Node& document, Paths& files) {
    for (const auto& stage : pipeline.stages) {
        const Node* with = options_of(document, stage.name);
        if (with == nullptr) continue;
        for (const auto& option : stage.type->options) {
            const Node* value = option.info.type == "path" ? with->find(option.info.name) : nullptr;
            if (value != nullptr && value->is_scalar()) add(pipeline.folder / value->text(), files);
        }
    }
}

void add_all(const Pipeline& pipeline, Paths& files) {
    for (const auto& base : pipeline.bases) add(base->name, files);
    add(pipeline.dataset.file(), files);
    add(pipeline.dataset.holdout, files);
    for (const auto& state : pipeline.state) add(state.init, files);
    add_options(pipeline, parse_resolved(resolved_yaml(pipeline)), files);
}

void compare_options(const std::string& then,
                     const std::string& now,
                     std::vector<std::string>& found) {
    const Settings before = settings_of(parse_resolved(then));
    const Settings after = settings_of(parse_resolved(now));
    for (const auto& [path, value] : before)
        if (!after.contains(path))
            found.push_back(fmt::format("{}: was {}, is gone", path, value));
        else if (after.at(path) != value)
            found.push_back(fmt::format("{}: was {}, is {}", path, value, after.at(path)));
    for (const auto& [path, value] : after)
        if (!before.contains(path)) found.push_back(fmt::format("{}: is new, {}", path, value));
}

void compare_files(const std::vector<InputFile>& then,
                   const std::vector<InputFile>& now,
                   std::vector<std::string>& found) {
    std::map<std::filesystem::path, std::string> after;
    for (const auto& input : now) after[input.path] = input.sha256;
    for (const auto& input : then) {
        const auto is = after.find(input.path);
        if (is == after.end())
            found.push_back(fmt::format("{}: is no longer read, or gone", input.path.string()));
        else if (is->second != input.sha256)
            found.push_back(fmt::format("{}: its content has changed (SHA-256 was {}…, is {}…)",
                                        input.path.string(),
                                        input.sha256.substr(0, 12),
                                        is->second.substr(0, 12)));
        if (is != after.end()) after.erase(is);
    }
    for (const auto& [path, digest] : after)
        found.push_back(fmt::format("{}: is new", path.string()));
}

}  // namespace

std::vector<std::filesystem::path> input_files(const Pipeline& pipeline) {
    Paths files;
    add_all(pipeline, files);
    if (pipeline.baseline) add_all(*pipeline.baseline, files);
    return {files.begin(), files.end()};
}

RunRecord record_run_with(const FileDigest& digest_of,
                          const Pipeline& pipeline,
                          const std::string& id,
                          const Overrides& overrides) {
    RunRecord run;
    run.id = id;
    run.file = from_root(pipeline.source.name);
    run.folder = from_root(pipeline.folder);
    run.overrides = overrides;
    run.configuration = resolved_yaml(pipeline);
    for (const auto& file : input_files(pipeline)) run.inputs.push_back({file, digest_of(file)});
    return run;
}

RunRecord record_run(const Pipeline& pipeline, const std::string& id, const Overrides& overrides) {
    return record_run_with(sha256_of_file, pipeline, id, overrides);
}

std::vector<std::string> changes(const RunRecord& then, const RunRecord& now) {
    std::vector<std::string> found;
    if (then.configuration != now.configuration)
        compare_options(then.configuration, now.configuration, found);
    compare_files(then.inputs, now.inputs, found);
    return found;
}

}  // namespace trommel
