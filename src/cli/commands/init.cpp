#include "cli/commands/commands.hpp"
#include "cli/commands/example_files.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::cli {
namespace {

struct Example {
    std::string_view name;
    std::string_view pipeline;
    std::string_view verb;  ///< that runs it
    std::vector<std::string_view> data;
};

const std::array<Example, 3>& examples() {
    static const std::array<Example, 3> all{{
        {"loop", "digits.yaml", "run", {"data/digits.csv", "data/digits-labels.csv"}},
        {"batch",
         "batch-scoring.yaml",
         "run",
         {"data/digits-names.txt", "data/digits-predictions.jsonl"}},
        {"sweep", "strategies.yaml", "sweep", {"data/digits.csv", "data/digits-labels.csv"}},
    }};
    return all;
}

struct InitArguments {
    std::filesystem::path directory{"."};
    std::string example = "loop";
};

std::vector<std::string_view> files_of(const Example& example) {
    std::vector<std::string_view> files = example.data;
    files.push_back(example.pipeline);  // last: where it is, its data is too
    return files;
}

void refuse_to_overwrite(const std::filesystem::path& directory, const Example& example) {
    for (const auto name : files_of(example))
        if (std::filesystem::exists(directory / name))
            throw ConfigError(
                fmt::format("{} is there already; remove it, or name another directory: trommel "
                            "init DIR --example {}",
                            (directory / name).string(),
                            example.name));
}

void write(const std::filesystem::path& file, std::string_view name) {
    const auto found = std::ranges::find(example_files(), name, &ExampleFile::name);
    make_folder(file.parent_path());
    replace_file(file, found->content);
    print_result("{}\n", file.string());
}

void init_command(const InitArguments& arguments) {
    const auto& example = *std::ranges::find(examples(), arguments.example, &Example::name);
    refuse_to_overwrite(arguments.directory, example);
    for (const auto name : files_of(example)) write(arguments.directory / name, name);
    print_note("Now: trommel {} {}\n",
               example.verb,
               (arguments.directory / example.pipeline).lexically_normal().string());
}

}  // namespace

void add_init(CLI::App& app) {
    auto arguments = std::make_shared<InitArguments>();
    auto* command = app.add_subcommand("init", "Writes a pipeline and data to start from");
    command->add_option("DIR", arguments->directory, "Directory to write to; default: this one");
    command
        ->add_option("--example",
                     arguments->example,
                     "loop (default), batch: score a large file,\nsweep: compare strategies")
        ->check(CLI::IsMember({"loop", "batch", "sweep"}));
    command->callback([arguments] { init_command(*arguments); });
}

}  // namespace trommel::cli
