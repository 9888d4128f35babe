// trommel: the program. Parses the command line, calls the library, turns errors into exit codes.

#include "cli/commands/commands.hpp"
#include "cli/output/output.hpp"
#include "cli/output/terminal.hpp"
#include "cli/process/descriptors.hpp"
#include "trommel/core/error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <sstream>

namespace trommel::cli {
namespace {

constexpr auto footer =
    "Exit codes: 0 ok, 1 failed, 2 bad configuration or usage, 3 interrupted and resumable.\n"
    "Results go to standard output, progress and errors to standard error.";

constexpr auto first_steps =
    "Start with one of these:\n"
    "  trommel init mine              a pipeline with data to run it on\n"
    "  trommel run mine/digits.yaml   run it: the loop, beside a baseline\n"
    "  trommel select --help          choose samples from a file of embeddings\n"
    "  trommel score --help           score a file of predictions\n"
    "All commands: trommel --help\n";

void print_error(const std::string& message) {
    print_note("{}trommel: {}{}\n", colour(stderr, "31"), message, colour(stderr, "0"));
}

int run(int argc, char** argv) {
    CLI::App app("Active-learning pipelines: which samples to label next, round after round.",
                 "trommel");
    app.footer(footer);
    app.set_version_flag("--version", TROMMEL_VERSION);
    app.require_subcommand(1);
    int exit_code = ok;
    add_init(app);
    add_run(app, exit_code);
    add_resume(app, exit_code);
    add_status(app);
    add_sweep(app, exit_code);
    add_runs(app);
    add_diff(app);
    add_lint(app, exit_code);
    add_plan(app, exit_code);
    add_test(app, exit_code);
    add_schedule(app, exit_code);
    add_select(app);
    add_serve(app, exit_code);
    add_quarantine(app);
    add_backup(app);
    add_restore(app);
    add_doctor(app, exit_code);
    add_gc(app);
    add_components(app);
    add_schema(app);
    add_score(app);
    if (argc == 1) {
        write_note(first_steps);
        return bad_configuration;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream help;
        std::ostringstream complaint;
        const bool is_ok = app.exit(error, help, complaint) == 0;
        write_result(help.str());
        write_note(complaint.str());
        return is_ok ? ok : bad_configuration;
    }
    return exit_code;
}

}  // namespace
}  // namespace trommel::cli

int main(int argc, char** argv) {
    namespace cli = trommel::cli;
    cli::prepare_standard_streams();
    cli::raise_descriptor_limit();
    try {
        const int exit_code = cli::run(argc, argv);
        cli::flush_results();
        return exit_code;
    } catch (const cli::ReaderGone&) {
        cli::end_without_reader();
    } catch (const trommel::ConfigError& error) {
        cli::print_error(error.what());
        return cli::bad_configuration;
    } catch (const trommel::Interrupted& error) {
        cli::print_error(fmt::format("interrupted; {}", error.what()));
        return cli::interrupted;
    } catch (const std::exception& error) {
        cli::print_error(error.what());
        return cli::failed;
    }
}
