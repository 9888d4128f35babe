#include "trommel/pipeline/engine/journal/quarantine.hpp"

#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct QuarantineArguments {
    std::filesystem::path run{};
    std::string stage{};
    bool as_json = false;
};

std::vector<QuarantinedRecord> records_of(const QuarantineArguments& arguments) {
    if (!std::filesystem::is_directory(arguments.run))
        throw ConfigError(fmt::format("{} is not a run's directory", arguments.run.string()));
    auto records = read_quarantine(arguments.run);
    std::erase_if(records, [&](const QuarantinedRecord& record) {
        return !arguments.stage.empty() && record.stage != arguments.stage;
    });
    return records;
}

json::object to_json(const QuarantinedRecord& record) {
    return {{"stage", record.stage},
            {"round", record.round},
            {"sample", record.sample},
            {"error", record.error},
            {"input_digest", record.input_digest},
            {"input", record.input}};
}

void show(const QuarantineArguments& arguments) {
    const auto records = records_of(arguments);
    if (arguments.as_json) {
        json::array all;
        for (const auto& record : records) all.push_back(to_json(record));
        print(json::object{{"records", std::move(all)}});
        return;
    }
    for (const auto& record : records)
        print_result("{:12}  round {:<3}  {:24}  {:.12}  {}\n",
                     record.stage,
                     record.round,
                     record.sample.empty() ? "-" : record.sample,
                     record.input_digest,
                     record.error);
    print_result("{} {} in quarantine\n",
                 with_commas(records.size()),
                 records.size() == 1 ? "record" : "records");
}

void export_lines(const QuarantineArguments& arguments) {
    for (const auto& record : records_of(arguments))
        print_result("{}\n", json_text(to_json(record)));
}

void replay(const QuarantineArguments& arguments) {
    const auto records = records_of(arguments);
    replay_quarantine(arguments.run, records);
    print_result("{} {} taken out; the next round, or 'trommel resume {}', tries {} again\n",
                 with_commas(records.size()),
                 records.size() == 1 ? "record" : "records",
                 arguments.run.string(),
                 records.size() == 1 ? "it" : "them");
}

}  // namespace

void add_quarantine(CLI::App& app) {
    auto arguments = std::make_shared<QuarantineArguments>();
    auto* command =
        app.add_subcommand("quarantine", "Shows records that stages of a run could not use");
    command->add_option("RUN", arguments->run, "Run directory")->required();
    command->add_option("--stage", arguments->stage, "Only records of this stage");
    command->require_subcommand(0, 1);
    auto* table = command->add_subcommand("show", "One per line, with stage, round and reason");
    table->add_flag("--json", arguments->as_json, "Print it as JSON");
    command->add_flag("--json", arguments->as_json, "Print it as JSON");
    auto* lines = command->add_subcommand("export", "Print the records as JSON Lines");
    auto* again =
        command->add_subcommand("replay", "Remove them, so that the next run tries them again");
    command->callback([=] {
        if (lines->parsed())
            export_lines(*arguments);
        else if (again->parsed())
            replay(*arguments);
        else
            show(*arguments);
    });
}

}  // namespace trommel::cli
