#include "trommel/pipeline/operations/run/run.hpp"

#include "cli/commands/commands.hpp"
#include "cli/commands/pipeline_arguments.hpp"
#include "cli/commands/run_arguments.hpp"
#include "cli/process/interruptible.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace trommel::cli {
namespace {

struct RunCommandArguments : PipelineArguments, RunArguments {};

int run_command(const RunCommandArguments& arguments) {
    Pipeline pipeline = arguments.load(InputFiles::checked);
    RunOptions options;
    options.id = make_run_id(pipeline.name);
    options.directory = arguments.directory.empty() ? std::filesystem::path("runs") / options.id
                                                    : arguments.directory;
    options.threads = arguments.threads;
    options.overrides = arguments.overrides();
    Progress progress(pipeline.rounds.max);
    Observer silence;
    Observer& observer = arguments.quiet ? silence : progress;
    const auto work = [&](std::stop_token drain) {
        options.drain = std::move(drain);
        return run_pipeline(std::move(pipeline), options, observer);
    };
    return arguments.report(options.directory,
                            [&] { return run_interruptibly(arguments.grace, work); });
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<RunCommandArguments>();
    auto* command =
        app.add_subcommand("run", "Runs a pipeline; writes its picks, metrics and report");
    arguments->PipelineArguments::add_to(*command);
    command->add_option(
        "--run-dir", arguments->directory, "Run directory; default: runs/NAME-TIME");
    arguments->RunArguments::add_to(*command);
    command->callback([arguments, &exit_code] { exit_code = run_command(*arguments); });
}

}  // namespace trommel::cli
