#include "cli/commands/commands.hpp"
#include "cli/commands/explain.hpp"
#include "cli/commands/pipeline_arguments.hpp"
#include "cli/json_output.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct Arguments : PipelineArguments {
    bool as_json = false;
    std::string explain{};
    std::filesystem::path run{};
};

std::string joined(const StageSpec& stage) {
    std::string text;
    if (!stage.from.empty()) text += fmt::format("  from {}", fmt::join(stage.from, ", "));
    if (!stage.needs.empty()) text += fmt::format("  after {}", fmt::join(stage.needs, ", "));
    if (!stage.writes.empty()) text += fmt::format("  writes {}", stage.writes);
    if (stage.when) text += "  when its condition holds";
    return text;
}

void print_text(const Pipeline& pipeline) {
    fmt::print(
        "# {}: at most {} rounds, each in this order:\n", pipeline.name, pipeline.rounds.max);
    for (std::size_t i = 0; i < pipeline.stages.size(); ++i) {
        const auto& stage = pipeline.stages[i];
        fmt::print("#   {:2} {:12} {:28}{}\n", i + 1, stage.name, stage.type->name, joined(stage));
    }
    fmt::print("# With every reference and option resolved:\n{}", resolved_yaml(pipeline));
}

void print_json(const Pipeline& pipeline) {
    json::array stages;
    for (const auto& stage : pipeline.stages)
        stages.push_back({{"name", stage.name},
                          {"uses", stage.type->name},
                          {"from", json::array(stage.from.begin(), stage.from.end())},
                          {"needs", json::array(stage.needs.begin(), stage.needs.end())},
                          {"writes", stage.writes},
                          {"metrics", json::array(stage.metrics.begin(), stage.metrics.end())}});
    print(json::object{{"name", pipeline.name},
                       {"max_rounds", pipeline.rounds.max},
                       {"stages", std::move(stages)},
                       {"resolved", resolved_yaml(pipeline)}});
}

int plan(const Arguments& arguments) {
    const Pipeline pipeline = arguments.load();
    if (!arguments.explain.empty()) {
        explain(pipeline, arguments.explain, arguments.run, arguments.as_json);
        return ok;
    }
    if (arguments.as_json)
        print_json(pipeline);
    else
        print_text(pipeline);
    return ok;
}

}  // namespace

void add_plan(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<Arguments>();
    auto* command =
        app.add_subcommand("plan", "Shows what would run, in which order, with which options");
    arguments->add_to(*command);
    command->add_flag("--json", arguments->as_json, "The plan as JSON");
    auto* stage =
        command->add_option("--explain",
                            arguments->explain,
                            "Says instead why this stage, which has a cache, would run again");
    stage->type_name("STAGE");
    command
        ->add_option(
            "--run", arguments->run, "With --explain: also why it did in the run of this directory")
        ->needs(stage);
    command->callback([arguments, &exit_code] { exit_code = plan(*arguments); });
}

}  // namespace trommel::cli
