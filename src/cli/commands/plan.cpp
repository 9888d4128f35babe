#include "cli/commands/commands.hpp"
#include "cli/commands/explain.hpp"
#include "cli/commands/pipeline_arguments.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "cli/serving/schedule_words.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct PlanArguments : PipelineArguments {
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

/// `0.05 a label; 3 a run of 'train'`
std::string describe(const CostSpec& cost) {
    std::vector<std::string> parts;
    if (cost.per_label > 0) parts.push_back(fmt::format("{:.6g} a label", cost.per_label));
    for (const auto& of : cost.stages)
        parts.push_back(fmt::format("{:.6g} a run of '{}'", of.amount, of.stage));
    return fmt::format("{}", fmt::join(parts, "; "));
}

void print_loop(const RoundsSpec& rounds) {
    if (rounds.until)
        print_result("# Ends after the round for which: {}\n", to_text(*rounds.until));
    if (rounds.on_exhausted == RoundsSpec::OnExhausted::fail)
        print_result("# It has failed if all {} rounds are done before that.\n", rounds.max);
    if (rounds.cost.is_given()) print_result("# Costs: {}\n", describe(rounds.cost));
}

void print_schedules(const Pipeline& pipeline) {
    for (const auto& schedule : pipeline.schedules) {
        const auto next = next_instant(schedule, now());
        print_result("# Scheduled: {}; next {}\n",
                     to_text(schedule),
                     next ? wall_text(*next, schedule.timezone) : "never");
    }
}

void print_text(const Pipeline& pipeline) {
    print_result(
        "# {}: at most {} rounds, each in this order:\n", pipeline.name, pipeline.rounds.max);
    for (std::size_t i = 0; i < pipeline.stages.size(); ++i) {
        const auto& stage = pipeline.stages[i];
        print_result(
            "#   {:2} {:12} {:28}{}\n", i + 1, stage.name, stage.type->name, joined(stage));
    }
    print_loop(pipeline.rounds);
    print_schedules(pipeline);
    print_result("# With every reference and option resolved:\n{}", resolved_yaml(pipeline));
}

json::array schedules_of(const Pipeline& pipeline) {
    json::array schedules;
    for (const auto& schedule : pipeline.schedules) {
        json::object one{{"schedule", to_text(schedule)}, {"next", nullptr}};
        if (const auto next = next_instant(schedule, now())) one["next"] = to_text(*next);
        schedules.push_back(std::move(one));
    }
    return schedules;
}

json::object loop_of(const RoundsSpec& rounds) {
    const bool fails = rounds.on_exhausted == RoundsSpec::OnExhausted::fail;
    json::object loop{{"max", rounds.max}, {"on_exhausted", fails ? "fail" : "ok"}};
    if (rounds.until) loop["until"] = to_text(*rounds.until);
    if (!rounds.cost.is_given()) return loop;
    json::object stages;
    for (const auto& of : rounds.cost.stages) stages[of.stage] = of.amount;
    loop["cost"] = {{"per_label", rounds.cost.per_label}, {"stages", std::move(stages)}};
    return loop;
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
                       {"rounds", loop_of(pipeline.rounds)},
                       {"schedules", schedules_of(pipeline)},
                       {"stages", std::move(stages)},
                       {"resolved", resolved_yaml(pipeline)}});
}

int plan(const PlanArguments& arguments) {
    const Pipeline pipeline = arguments.load(InputFiles::unchecked);
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
    auto arguments = std::make_shared<PlanArguments>();
    auto* command =
        app.add_subcommand("plan", "Shows the stages in order, with every option resolved");
    arguments->add_to(*command);
    command->add_flag("--json", arguments->as_json, "Print the plan as JSON");
    auto* stage = command->add_option(
        "--explain", arguments->explain, "Say why this cached stage would run again");
    stage->type_name("STAGE");
    command
        ->add_option(
            "--run", arguments->run, "With --explain: say why it ran in this run directory")
        ->needs(stage);
    command->callback([arguments, &exit_code] { exit_code = plan(*arguments); });
}

}  // namespace trommel::cli
