#include "cli/commands/commands.hpp"
#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/engine/cache/cache.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/pipeline/operations/runs/old_runs.hpp"

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
    bool runs = false;
    std::filesystem::path runs_folder{"runs"};
    bool unfinished = false;
    bool answers = false;
    bool dry = false;
    bool as_json = false;
};

std::chrono::milliseconds age_of(const GcArguments& arguments) {
    const auto age = parse_duration(arguments.older_than);
    if (!age) throw ConfigError(fmt::format("--older-than: {}", age.problem()));
    return *age;
}

CacheRule rule_of(const GcArguments& arguments) {
    CacheRule rule;
    rule.older_than = age_of(arguments);
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

std::string mebibytes(std::uint64_t bytes) {
    return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

void print_runs(const std::vector<OldRun>& runs, bool dry) {
    std::size_t gone = 0;
    std::uint64_t bytes = 0;
    for (const auto& run : runs) {
        if (!run.kept.empty()) {
            print_result("{}: kept: {}\n", run.directory.string(), run.kept);
            continue;
        }
        ++gone;
        bytes += run.bytes;
        print_result("{}: {} {}\n",
                     run.directory.string(),
                     dry ? "would delete" : "deleted",
                     mebibytes(run.bytes));
    }
    print_result("{} {} {}, {}\n",
                 dry ? "would delete" : "deleted",
                 gone,
                 gone == 1 ? "run" : "runs",
                 mebibytes(bytes));
}

json::array to_json(const std::vector<OldRun>& runs) {
    json::array all;
    for (const auto& run : runs)
        all.push_back({{"run", run.directory.string()},
                       {"bytes", run.bytes},
                       {"deleted", run.kept.empty()},
                       {"kept", run.kept}});
    return all;
}

void collect_runs(const GcArguments& arguments) {
    if (!arguments.max_size.empty())
        throw ConfigError("--max-size is for the cache; --runs deletes by --older-than alone");
    const OldRunsRule rule{age_of(arguments), arguments.unfinished, arguments.answers};
    const auto runs = clean_runs(arguments.runs_folder, rule, arguments.dry);
    if (arguments.as_json)
        print(json::object{{"runs", to_json(runs)}, {"dry_run", arguments.dry}});
    else
        print_runs(runs, arguments.dry);
}

void collect(const GcArguments& arguments) {
    if (arguments.runs) return collect_runs(arguments);
    if (arguments.unfinished || arguments.answers)
        throw ConfigError("--unfinished and --answers go with --runs");
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
    auto* command = app.add_subcommand("gc", "Deletes unused cache entries, or old runs");
    command->add_option(
        "DIR", arguments->runs_folder, "With --runs: directory of the runs; default: runs");
    command->add_flag("--runs", arguments->runs, "Delete old runs instead of cache entries");
    command->add_flag(
        "--unfinished", arguments->unfinished, "With --runs: delete resumable runs too");
    command->add_flag(
        "--answers", arguments->answers, "With --runs: delete runs that hold given labels too");
    command
        ->add_option("--older-than",
                     arguments->older_than,
                     "Delete entries unused for this long; default: 30d")
        ->type_name("DURATION");
    command
        ->add_option("--max-size",
                     arguments->max_size,
                     "Then delete the least recently used beyond this size")
        ->type_name("BYTES");
    command->add_flag("--dry-run", arguments->dry, "Only say what would be deleted");
    command->add_flag("--json", arguments->as_json, "Print the result as JSON");
    command->footer(
        "The cache of stages with 'cache: true' or 'cache: record' is in TROMMEL_CACHE_DIR, else "
        "in\n"
        "XDG_CACHE_HOME/trommel, else in ~/.cache/trommel. Runs may go on meanwhile.");
    command->callback([arguments] { collect(*arguments); });
}

}  // namespace trommel::cli
