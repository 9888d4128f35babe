#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "trommel/pipeline/json_schema.hpp"
#include "trommel/stages/stages.hpp"

#include <CLI/CLI.hpp>

namespace trommel::cli {

void add_schema(CLI::App& app) {
    auto* command = app.add_subcommand(
        "schema", "JSON Schema of pipeline files, for editors; config/ keeps a copy");
    command->callback([] { print(json_schema(stages::all_stages())); });
}

}  // namespace trommel::cli
