#include "cli/commands/commands.hpp"
#include "cli/commands/pipeline_arguments.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "cli/output/terminal.hpp"
#include "trommel/core/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct LintArguments : PipelineArguments {
    bool as_json = false;
    bool no_files = false;
};

void print_json(const Diagnostics& diagnostics, const SourceText& source) {
    json::array findings;
    for (const auto& found : diagnostics.sorted())
        findings.push_back({{"file", diagnostics.text_of(found.place.file, source).name},
                            {"line", found.place.line},
                            {"column", found.place.column},
                            {"severity", found.severity == Severity::error ? "error" : "warning"},
                            {"code", found.code},
                            {"message", found.message},
                            {"hint", found.hint}});
    print(json::object{{"findings", std::move(findings)}});
}

int lint(const LintArguments& arguments) {
    const SourceText source = load_source(arguments.file);
    Diagnostics diagnostics;
    const auto pipeline =
        read_pipeline(source,
                      arguments.file.parent_path(),
                      arguments.registry,
                      arguments.overrides(),
                      diagnostics,
                      arguments.no_files ? InputFiles::unchecked : InputFiles::checked);
    const bool coloured = !colour(stderr, "0").empty();
    if (arguments.as_json)
        print_json(diagnostics, source);
    else if (!diagnostics.empty())
        print_note("{}", diagnostics.render(source, coloured ? Colour::ansi : Colour::none));
    if (!pipeline) return bad_configuration;
    const auto cells = combinations_of(fixed_by(pipeline->matrix, arguments.overrides())).size();
    if (!arguments.as_json)
        print_result("{}: good; {} stages, at most {} rounds{}\n",
                     source.name,
                     pipeline->stages.size(),
                     pipeline->rounds.max,
                     cells == 0 ? "" : fmt::format(", a matrix of {}", with_commas(cells)));
    return ok;
}

}  // namespace

void add_lint(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<LintArguments>();
    auto* command =
        app.add_subcommand("lint", "Checks a pipeline file completely without running it");
    arguments->add_to(*command);
    command->add_flag("--json", arguments->as_json, "Print the findings as JSON");
    command->add_flag(
        "--no-files", arguments->no_files, "Do not open the files that the pipeline names");
    command->callback([arguments, &exit_code] { exit_code = lint(*arguments); });
}

}  // namespace trommel::cli
