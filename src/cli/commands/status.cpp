#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/pipeline/operations/runs/run_status.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct StatusArguments {
    std::filesystem::path directory{};
    bool as_json = false;
};

std::string describe(const PartStatus& part) {
    std::string line = fmt::format("{}: {} rounds", part.name, part.rounds);
    if (part.running)
        line += *part.running == 0 ? ", in the closing pass"
                                   : fmt::format(", in round {}", *part.running);
    if (part.labels) line += fmt::format(", {} labels", with_commas(*part.labels));
    for (const auto& [metric, value] : part.values)
        line += fmt::format(", {} {:.4f}", metric, value);
    return fmt::format("{}, {}", line, to_text(part.elapsed));
}

void print_text(const RunStatus& status, const std::filesystem::path& directory) {
    print_result("{}: {}", status.id, to_string(status.state));
    if (status.process) print_result(" in process {}", *status.process);
    print_result("{}\n", status.why.empty() ? "" : ": " + status.why);
    for (const auto& part : status.parts) print_result("  {}\n", describe(part));
    if (!status.damage.empty()) print_result("  damaged: {}\n", status.damage);
    if (status.is_resumable() || !status.damage.empty())
        print_result("  go on with: trommel resume {}{}\n",
                     directory.string(),
                     status.damage.empty() ? "" : " --accept-damage");
}

json::object to_json(const PartStatus& part) {
    json::object values;
    for (const auto& [metric, value] : part.values) values[metric] = value;
    json::object object{{"part", part.name},
                        {"rounds", part.rounds},
                        {"metrics", std::move(values)},
                        {"elapsed_ms", part.elapsed.count()}};
    if (part.running) object["running_round"] = *part.running;
    if (part.labels) object["labels"] = *part.labels;
    return object;
}

void print_json(const RunStatus& status, const std::filesystem::path& directory) {
    json::array parts;
    for (const auto& part : status.parts) parts.push_back(to_json(part));
    json::object object{{"run", status.id},
                        {"directory", directory.string()},
                        {"pipeline", status.file.string()},
                        {"state", to_string(status.state)},
                        {"why", status.why},
                        {"resumable", status.is_resumable()},
                        {"damage", status.damage},
                        {"parts", std::move(parts)}};
    if (status.process) object["process"] = *status.process;
    print(object);
}

}  // namespace

void add_status(CLI::App& app) {
    auto arguments = std::make_shared<StatusArguments>();
    auto* command =
        app.add_subcommand("status", "Shows the progress of a run and whether it can resume");
    command->add_option("RUN", arguments->directory, "Run directory")->required();
    command->add_flag("--json", arguments->as_json, "Print it as JSON");
    command->callback([arguments] {
        const RunStatus status = read_run_status(arguments->directory);
        if (arguments->as_json)
            print_json(status, arguments->directory);
        else
            print_text(status, arguments->directory);
    });
}

}  // namespace trommel::cli
