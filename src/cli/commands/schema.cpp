#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/settings/server_config.hpp"
#include "trommel/pipeline/definition/schema/json_schema.hpp"
#include "trommel/stages/stages.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace trommel::cli {

void add_schema(CLI::App& app) {
    auto for_server = std::make_shared<bool>(false);
    auto* command =
        app.add_subcommand("schema", "Prints the JSON Schema of pipeline files, for editors");
    command->add_flag("--server", *for_server, "Schema of the settings of 'trommel serve' instead");
    command->callback([for_server] {
        if (*for_server)
            print(json_schema(server_info(), "settings of trommel serve"));
        else
            print(json_schema(stages::all_stages()));
    });
}

}  // namespace trommel::cli
