#include "trommel/server/backup.hpp"

#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace trommel::cli {
namespace {

struct BackupArguments {
    std::filesystem::path data{"."};
    std::filesystem::path backup{};
    bool as_json = false;
};

void tell(const BackupArguments& arguments, std::string_view what, const server::BackupSize& size) {
    if (arguments.as_json)
        return print(boost::json::object{{"files", size.files}, {"bytes", size.bytes}});
    print_result("{} {}: {} files, {:.1f} MiB\n",
                 what,
                 arguments.backup.string(),
                 with_commas(size.files),
                 static_cast<double>(size.bytes) / (1 << 20));
}

CLI::App* add_verb(CLI::App& app,
                   const char* name,
                   const char* help,
                   const char* backup_help,
                   const std::shared_ptr<BackupArguments>& arguments) {
    auto* command = app.add_subcommand(name, help);
    command->add_option("BACKUP", arguments->backup, backup_help)->required();
    command->add_option(
        "--data", arguments->data, "Data folder of 'trommel serve'; default: this directory");
    command->add_flag("--json", arguments->as_json, "Print the result as JSON");
    return command;
}

}  // namespace

void add_backup(CLI::App& app) {
    auto arguments = std::make_shared<BackupArguments>();
    auto* command = add_verb(app,
                             "backup",
                             "Copies the data of a running server",
                             "Folder to write; must not exist",
                             arguments);
    command->callback([arguments] {
        tell(*arguments, "backed up to", server::backup_data(arguments->data, arguments->backup));
    });
}

void add_restore(CLI::App& app) {
    auto arguments = std::make_shared<BackupArguments>();
    auto* command = add_verb(app,
                             "restore",
                             "Checks a backup and restores it",
                             "Folder that 'trommel backup' wrote",
                             arguments);
    command->callback([arguments] {
        tell(*arguments, "restored from", server::restore_data(arguments->backup, arguments->data));
    });
}

}  // namespace trommel::cli
