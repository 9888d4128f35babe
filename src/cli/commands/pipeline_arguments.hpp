#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/stages/stages.hpp"

#include <CLI/App.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace trommel::cli {

/// What every verb that reads a pipeline takes: `FILE [--set NAME=VALUE]…`.
struct PipelineArguments {
    std::filesystem::path file{};
    std::vector<std::string> set{};
    Registry registry = stages::all_stages();

    void add_to(CLI::App& command) {
        command.add_option("FILE", file, "Pipeline file (YAML)")->required();
        command.add_option("--set", set, "Sets a param; may be repeated")
            ->type_name("NAME=VALUE")
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    Overrides overrides() const {
        Overrides pairs;
        for (const auto& text : set) {
            const auto equals = text.find('=');
            if (equals == std::string::npos || equals == 0)
                throw ConfigError("--set " + text + ": write NAME=VALUE");
            pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
        }
        return pairs;
    }

    Pipeline load(InputFiles files) const {
        return load_pipeline(file, registry, overrides(), files);
    }
};

}  // namespace trommel::cli
