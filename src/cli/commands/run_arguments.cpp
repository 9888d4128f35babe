#include "cli/commands/run_arguments.hpp"

#include "cli/output/output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/runs/run_status.hpp"

#include <fmt/format.h>

namespace trommel::cli {
namespace {

/// Whether a run has failed here and can be gone on with.
bool is_resumable(const std::filesystem::path& run) {
    try {
        const RunStatus status = read_run_status(run);
        return status.state == RunStatus::State::failed && status.damage.empty();
    } catch (const Error&) {
        return false;  // nothing has begun, or nothing that can be read: the failure said why
    }
}

}  // namespace

int RunArguments::report(const std::filesystem::path& run,
                         const std::function<RunResult()>& work) const {
    try {
        const RunResult result = work();
        if (as_json)
            print_json(result, run);
        else
            print_table(result);
        if (result.was_finished)
            print_progress("{}: was finished already: {}\n", run.string(), result.stopped_because);
        else
            print_progress("{}: picks.csv, metrics.csv, resolved.yaml, report.html\n",
                           run.string());
        return result.exhausted && !result.was_finished ? failed : ok;
    } catch (const Interrupted&) {
        throw;
    } catch (const ConfigError&) {
        throw;  // such as changes that are not accepted: there is something else to be done first
    } catch (const Error& error) {
        if (!is_resumable(run)) throw;
        throw Error(fmt::format("{}\nFinished rounds are kept; go on with: trommel resume {}",
                                error.what(),
                                run.string()));
    }
}

}  // namespace trommel::cli
