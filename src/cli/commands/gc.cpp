#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/cache.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace trommel::cli {
namespace {

namespace json = boost::json;

struct GcArguments {
    std::string older_than = "30d";
    std::string max_size{};
    bool dry = false;
    bool as_json = false;
};

CacheRule rule_of(const GcArguments& arguments) {
    CacheRule rule;
    const auto age = parse_duration(arguments.older_than);
    if (!age) throw ConfigError(fmt::format("--older-than: {}", age.problem()));
    rule.older_than = *age;
    if (arguments.max_size.empty()) return rule;
    const auto size = parse_bytes(arguments.max_size);
    if (!size) throw ConfigError(fmt::format("--max-size: {}", size.problem()));
    rule.max_bytes = *size;
    return rule;
}

std::string size_text(const CacheSize& size) {
    return fmt::format("{} {}, {:.1f} MiB",
                       with_commas(size.entries),
                       size.entries == 1 ? "entry" : "entries",
                       static_cast<double>(size.bytes) / (1 << 20));
}

void collect(const GcArguments& arguments) {
    const auto rule = rule_of(arguments);
    const auto folder = cache_folder();
    const auto cleanup = clean_cache(folder, rule, arguments.dry);
    if (arguments.as_json)
        print(json::object{{"folder", folder.string()},
                           {"entries", cleanup.before.entries},
                           {"bytes", cleanup.before.bytes},
                           {"deleted_entries", cleanup.deleted.entries},
                           {"deleted_bytes", cleanup.deleted.bytes},
                           {"dry_run", arguments.dry}});
    else
        print_result("{}: {}; {}: {}\n",
                     folder.string(),
                     size_text(cleanup.before),
                     arguments.dry ? "would delete" : "deleted",
                     size_text(cleanup.deleted));
}

}  // namespace

void add_gc(CLI::App& app) {
    auto arguments = std::make_shared<GcArguments>();
    auto* command =
        app.add_subcommand("gc", "Deletes what is no longer of use from the cache of stages");
    command
        ->add_option("--older-than",
                     arguments->older_than,
                     "Deletes what nothing has used for so long; 30d by default")
        ->type_name("DURATION");
    command
        ->add_option("--max-size",
                     arguments->max_size,
                     "Then what was not used for longest, until the rest is no larger: 10GiB")
        ->type_name("BYTES");
    command->add_flag("--dry-run", arguments->dry, "Only says what it would delete");
    command->add_flag("--json", arguments->as_json, "The result as JSON");
    command->footer(
        "The cache of stages with 'cache: true' or 'cache: record' is in TROMMEL_CACHE_DIR, else "
        "in\n"
        "XDG_CACHE_HOME/trommel, else in ~/.cache/trommel. Runs may go on meanwhile.");
    command->callback([arguments] { collect(*arguments); });
}

}  // namespace trommel::cli
