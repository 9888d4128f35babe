#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/runs/examine_run.hpp"
#include "trommel/pipeline/operations/runs/run_files.hpp"
#include "trommel/server/examine_data.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct DoctorArguments {
    std::filesystem::path directory{};
    bool rewrites_tables = false;
    bool as_json = false;
};

void add(Examination more, Examination& all) {
    all.whole.insert(all.whole.end(), more.whole.begin(), more.whole.end());
    all.findings.insert(all.findings.end(), more.findings.begin(), more.findings.end());
}

/// A server's data, and the runs in them.
Examination examine_server(const std::filesystem::path& folder) {
    auto all = server::examine_data(folder);
    add(examine_schedules(folder), all);
    if (std::filesystem::is_directory(folder / "runs"))
        for (const auto& run : runs_in(folder / "runs")) add(examine_run(run.path()), all);
    return all;
}

/// Each kind of folder is known by a file that it has.
Examination examine(const std::filesystem::path& directory) {
    if (RunFiles::has_run(directory)) return examine_run(directory);
    if (server::is_data_folder(directory)) return examine_server(directory);
    throw ConfigError(fmt::format(
        "{}: is neither a run's directory, which has a journal.jsonl, nor the --data of a "
        "server; see: trommel runs",
        directory.string()));
}

json::object to_json(const Examination& examination) {
    json::array whole;
    for (const auto& file : examination.whole) whole.push_back(json::string(file.string()));
    json::array findings;
    for (const auto& finding : examination.findings)
        findings.push_back({{"file", finding.file.string()},
                            {"problem", finding.problem},
                            {"advice", finding.advice}});
    return {{"whole", std::move(whole)}, {"findings", std::move(findings)}};
}

void print_text(const Examination& examination) {
    for (const auto& finding : examination.findings)
        print_result("{}: {}\n  → {}\n", finding.file.string(), finding.problem, finding.advice);
    print_result("{} files are whole, {} {}\n",
                 examination.whole.size(),
                 examination.findings.size(),
                 examination.findings.size() == 1 ? "is not" : "are not");
}

int doctor(const DoctorArguments& arguments) {
    if (arguments.rewrites_tables) rewrite_tables(arguments.directory);
    const auto examination = examine(arguments.directory);
    if (arguments.as_json)
        print(to_json(examination));
    else
        print_text(examination);
    return examination.findings.empty() ? ok : failed;
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<DoctorArguments>();
    auto* command =
        app.add_subcommand("doctor", "Checks a run or a server's data for damage; says what to do");
    command->add_option("DIR", arguments->directory, "Run directory, or data folder of a server")
        ->required();
    command->add_flag("--rewrite-tables",
                      arguments->rewrites_tables,
                      "Write picks.csv and metrics.csv again from the rounds");
    command->add_flag("--json", arguments->as_json, "Print it as JSON");
    command->callback([arguments, &exit_code] { exit_code = doctor(*arguments); });
}

}  // namespace trommel::cli
