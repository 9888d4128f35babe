// The verbs: each adds its subcommand, with what it does when it is called.
#pragma once

#include <CLI/App.hpp>

namespace trommel::cli {

enum ExitCode { ok = 0, failed = 1, bad_configuration = 2, interrupted = 3 };

void add_run(CLI::App& app, int& exit_code);
void add_resume(CLI::App& app, int& exit_code);
void add_status(CLI::App& app);
void add_lint(CLI::App& app, int& exit_code);
void add_plan(CLI::App& app, int& exit_code);
void add_schedule(CLI::App& app, int& exit_code);
void add_select(CLI::App& app);
void add_serve(CLI::App& app, int& exit_code);
void add_components(CLI::App& app);
void add_backup(CLI::App& app);
void add_restore(CLI::App& app);
void add_gc(CLI::App& app);
void add_quarantine(CLI::App& app);
void add_schema(CLI::App& app);
void add_score(CLI::App& app);
void add_sweep(CLI::App& app, int& exit_code);
void add_test(CLI::App& app, int& exit_code);
void add_init(CLI::App& app);
void add_runs(CLI::App& app);
void add_diff(CLI::App& app);
void add_doctor(CLI::App& app, int& exit_code);

}  // namespace trommel::cli
