#pragma once

#include "cli/commands/commands.hpp"
#include "cli/output/progress.hpp"
#include "cli/output/run_result.hpp"
#include "cli/process/interruptible.hpp"
#include "cli/settings/number_range.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

namespace trommel::cli {

/// What the verbs that work on a run take.
struct RunArguments {
    std::filesystem::path directory{};
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    std::string grace = default_grace;
    bool as_json = false;
    bool quiet = false;

    void add_to(CLI::App& command) {
        command.add_option("--threads", threads, "Threads for computing; default all cores")
            ->check(whole_between(1, 1024));
        command.add_option("--grace", grace, grace_help)->type_name("TIME");
        command.add_flag("--json", as_json, "The result as JSON");
        command.add_flag("--quiet", quiet, "No progress");
    }

    /// Prints what `work` brings and returns the exit code. Where it fails in a way that a resumed
    /// run could get over, says how to resume it.
    int report(const std::filesystem::path& run, const std::function<RunResult()>& work) const;
};

}  // namespace trommel::cli
