#include "cli/commands/commands.hpp"
#include "cli/commands/run_arguments.hpp"
#include "trommel/pipeline/operations/run/run.hpp"
#include "trommel/stages/stages.hpp"

#include <memory>

namespace trommel::cli {
namespace {

struct ResumeArguments : RunArguments {
    bool accept_changes = false;
    bool accept_damage = false;
    bool ask_again = false;
};

int resume(const ResumeArguments& arguments) {
    const Registry registry = stages::all_stages();
    ResumeOptions options;
    options.accept_changes = arguments.accept_changes;
    options.accept_damage = arguments.accept_damage;
    options.ask_again = arguments.ask_again;
    options.threads = arguments.threads;
    Progress progress;
    Observer silence;
    Observer& observer = arguments.quiet ? silence : progress;
    const auto work = [&](std::stop_token drain) {
        options.drain = std::move(drain);
        return resume_pipeline(arguments.directory, registry, options, observer);
    };
    return arguments.report(arguments.directory,
                            [&] { return run_interruptibly(arguments.grace, work); });
}

}  // namespace

void add_resume(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<ResumeArguments>();
    auto* command =
        app.add_subcommand("resume", "Resumes a run that was interrupted, failed or killed");
    command->add_option("RUN", arguments->directory, "Run directory")->required();
    command->add_flag("--accept-changes",
                      arguments->accept_changes,
                      "Resume although the pipeline or its input files changed");
    command->add_flag(
        "--accept-damage", arguments->accept_damage, "Resume from the last undamaged round");
    command->add_flag(
        "--ask-again", arguments->ask_again, "Ask again for labels whose file is lost");
    arguments->add_to(*command);
    command->callback([arguments, &exit_code] { exit_code = resume(*arguments); });
}

}  // namespace trommel::cli
