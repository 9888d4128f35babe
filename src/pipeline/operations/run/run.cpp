// A run from start to end: platform, journal and hooks around the loop and its baseline.
#include "trommel/pipeline/operations/run/run.hpp"

#include "pipeline/engine/history/history_tables.hpp"
#include "pipeline/engine/hooks/hooks.hpp"
#include "pipeline/engine/journal/events.hpp"
#include "pipeline/engine/journal/inputs.hpp"
#include "pipeline/engine/journal/lost_data.hpp"
#include "pipeline/engine/journal/run_directory.hpp"
#include "pipeline/engine/loop/loop.hpp"
#include "trommel/pipeline/operations/report/report.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/platform/lightly.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/cancellation_state.hpp>
#include <asio/this_coro.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace trommel {
namespace {

LightlyOptions options_of(const RemotePlatform& remote) {
    LightlyOptions options;
    options.url = remote.url;
    options.token = remote.token;
    options.http.ca_file = remote.ca_file.string();
    return options;
}

/// The platform of a run, in this process or on a server.
class OpenPlatform {
public:
    OpenPlatform(const asio::any_io_executor& executor,
                 const PlatformSpec& spec,
                 const std::filesystem::path& directory,
                 CpuPool& cpu,
                 Clock& clock) {
        if (spec.remote) {
            remote_ = std::make_unique<LightlyPlatform>(executor, options_of(*spec.remote), clock);
            return;
        }
        const auto file = database_of(spec, directory);
        embedded_ = std::make_unique<EmbeddedPlatform>(executor, store::open_sqlite(file), cpu);
    }

    Platform& platform() {
        if (remote_) return *remote_;
        return *embedded_;
    }

    asio::awaitable<void> close() {
        if (embedded_) co_await embedded_->close();
    }

private:
    std::unique_ptr<EmbeddedPlatform> embedded_;
    std::unique_ptr<LightlyPlatform> remote_;
};

/// What the baseline does otherwise: `baseline (method: RANDOM)`.
std::string baseline_name(const Pipeline& pipeline) {
    std::string changes;
    for (const auto& [name, value] : pipeline.baseline->params)
        if (value.text() != pipeline.params.at(name).text())
            changes += fmt::format("{}{}: {}", changes.empty() ? "" : ", ", name, value.text());
    return changes.empty() ? "baseline" : fmt::format("baseline ({})", changes);
}

Report report_of(const Pipeline& pipeline, const RunResult& result) {
    Report report;
    report.pipeline = pipeline.name;
    report.run = result.id;
    report.summary = result.stopped_because;
    if (pipeline.rounds.cost.is_given())
        report.summary +=
            fmt::format(" Labels and stages cost {:.6g}.", result.history.facts.spent);
    report.history = result.history;
    report.baseline = result.baseline;
    if (pipeline.baseline) report.baseline_name = baseline_name(pipeline);
    report.resolved_yaml = resolved_yaml(pipeline);
    return report;
}

/// `rounds 1 to 3 are finished, in runs/digits-1; go on with: trommel resume runs/digits-1`
std::string finished_rounds(const History& history, const std::string& directory) {
    std::string finished = "no round is finished";
    if (history.picks.size() == 1) finished = "round 1 is finished";
    if (history.picks.size() > 1)
        finished = fmt::format("rounds 1 to {} are finished", history.picks.size());
    return fmt::format("{}, in {}; go on with: trommel resume {}", finished, directory, directory);
}

/// One process's work on a run, from its begin or from where another process left off.
class Session {
public:
    Session(asio::any_io_executor executor,
            const RunDirectory& directory,
            unsigned threads,
            const TestRun* test_run,
            bool ask_again = false)
        : executor_(std::move(executor)),
          directory_(directory),
          cpu_(threads),
          clock_(test_run == nullptr ? system_clock_ : test_run->clock),
          faults_(test_run == nullptr ? nullptr : &test_run->faults),
          ask_again_(ask_again),
          journal_(directory.journal(), io_, clock_) {}

    Journal& journal() { return journal_; }
    IoPool& io() { return io_; }

    /// Runs the loops to their end. Whatever happens, closes what is open and leaves a report on
    /// the rounds that are finished.
    asio::awaitable<RunResult> run(const Pipeline& pipeline,
                                   std::string id,
                                   std::stop_token drain,
                                   Observer& observer) {
        RunResult result;
        result.id = std::move(id);
        std::optional<OpenPlatform> platform;
        std::optional<Events> events;
        std::optional<Hooks> hooks;
        std::exception_ptr error;
        try {
            platform.emplace(executor_, pipeline.platform, directory_.path(), cpu_, clock_);
            events.emplace(directory_.path() / "events.jsonl", clock_, observer);
            hooks.emplace(
                executor_, pipeline, result.id, directory_.path(), journal_, clock_, *events);
            Limits limits(executor_, clock_, pipeline.limits);
            LoopServices services{platform->platform(),
                                  cpu_,
                                  io_,
                                  clock_,
                                  *events,
                                  limits,
                                  journal_,
                                  std::move(drain),
                                  &*hooks,
                                  faults_,
                                  ask_again_,
                                  name_of(pipeline.platform, directory_.path())};
            co_await hooks->run_started();
            co_await run_loops(pipeline, services, result);
        } catch (...) {
            error = std::current_exception();
        }
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        if (platform) co_await platform->close();
        if (error) result.stopped_because = "It did not finish.";
        write_report(report_of(pipeline, result), error);
        if (hooks) {
            co_await tell_end(*hooks, result, error);
        }
        co_await note_end(result, error);
        if (is_cancellation(error))
            throw Interrupted(finished_rounds(result.history, directory_.path().string()));
        if (error) std::rethrow_exception(error);
        co_return result;
    }

private:
    /// The pipeline, then its baseline, on one platform.
    asio::awaitable<void> run_loops(const Pipeline& pipeline,
                                    LoopServices& services,
                                    RunResult& result) {
        const auto& run = directory_.path();
        LoopFolder main("main", run, run);
        LoopEnd end = co_await run_loop(pipeline, result.id, services, main, result.history);
        result.stopped_because = end.reason;
        result.rules = std::move(end.rules);
        result.exhausted =
            end.exhausted && pipeline.rounds.on_exhausted == RoundsSpec::OnExhausted::fail;
        if (!pipeline.baseline) co_return;
        LoopFolder beside("baseline", run, run / "baseline");
        result.baseline.emplace();
        services.hooks = nullptr;  // it is there to be compared with
        beside.beside = result.id;
        beside.kept = result.history.facts.kept;
        const std::string id = result.id + " baseline";
        co_await run_loop(*pipeline.baseline, id, services, beside, *result.baseline);
    }

    /// Where it cannot be written, `error` says so, unless the run has ended with another one
    /// already.
    void write_report(const Report& report, std::exception_ptr& error) const {
        try {
            directory_.write("report.html", to_html(report));
        } catch (const Error&) {
            if (!error) error = std::current_exception();
        }
    }

    /// A hook that fails may be what the run ends with.
    static asio::awaitable<void> tell_end(Hooks& hooks,
                                          const RunResult& result,
                                          std::exception_ptr& error) {
        const bool is_cut_off = is_cancellation(error);
        try {
            if (error && !is_cut_off)
                co_await hooks.run_failed(stop_of(error).message);
            else if (!error)
                co_await hooks.run_finished(result.stopped_because, result.history.picks.size());
        } catch (const Error&) {
            error = std::current_exception();
        }
        try {
            if (is_cut_off)
                co_await hooks.abandon();
            else
                co_await hooks.finish();
        } catch (const Error&) {
            if (!error) error = std::current_exception();
        }
    }

    /// How this process ended; the error that it ended with is the one that counts.
    asio::awaitable<void> note_end(const RunResult& result, std::exception_ptr& error) {
        try {
            if (error)
                co_await journal_.stop(stop_of(error));
            else
                co_await journal_.end_run(end_of(result));
        } catch (const Error&) {
            if (!error) error = std::current_exception();
        }
    }

    static StopRecord stop_of(const std::exception_ptr& error) {
        if (is_cancellation(error)) return {false, "it was told to stop"};
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& failure) {
            return {true, failure.what()};
        }
    }

    static EndRecord end_of(const RunResult& result) {
        return {result.stopped_because, result.exhausted};
    }

    asio::any_io_executor executor_;
    const RunDirectory& directory_;
    CpuPool cpu_;
    IoPool io_;
    SystemClock system_clock_;
    Clock& clock_;
    AttemptFaults* faults_;
    bool ask_again_;
    Journal journal_;
};

/// The copies that people look into, and that serve when the pipeline's own file is gone.
void freeze(const RunDirectory& directory, const Pipeline& pipeline) {
    directory.write("pipeline.yaml", pipeline.source.text);
    directory.write("resolved.yaml", resolved_yaml(pipeline));
}

/// The pipeline as it is now: from its file, else from the copy.
Pipeline read_again(const RunRecord& run, const RunDirectory& directory, const Registry& registry) {
    const bool there = std::filesystem::exists(run.file);
    const SourceText source = load_source(there ? run.file : directory.path() / "pipeline.yaml");
    Diagnostics diagnostics;
    auto pipeline = read_pipeline(source, run.folder, registry, run.overrides, diagnostics);
    diagnostics.throw_if_errors(source);
    return *std::move(pipeline);
}

[[noreturn]] void refuse_changes(const std::filesystem::path& directory,
                                 const std::vector<std::string>& changed) {
    std::string text =
        fmt::format("{}: this is no longer what the run began with:", directory.string());
    for (const auto& change : changed) text += "\n  " + change;
    throw ConfigError(
        fmt::format("{}\nPut it back as it was, or go on with the changes: trommel "
                    "resume {} --accept-changes",
                    text,
                    directory.string()));
}

void tell_losses(const Repair& repair, Observer& observer) {
    for (const auto& lost : repair.lost)
        observer.warned({.round = 0,
                         .code = "damage-accepted",
                         .message = lost + " is left out, for it is damaged or follows what is",
                         .hint = "it is kept under a name that ends in 'damaged'"});
}

void fit(Pipeline& pipeline, const TestRun* test_run) {
    if (test_run == nullptr) return;
    pipeline.platform = {};
    for (auto& state : pipeline.state) state.tag.clear();
    pipeline.baseline.reset();
    pipeline.hooks.clear();
    pipeline.rounds.max = test_run->max_rounds.value_or(pipeline.rounds.max);
}

/// Writes the tables of a part anew where they do not say what its rounds say.
void put_right(const std::filesystem::path& folder, const History& history) {
    const auto says = [&](const char* table, const std::string& text) {
        return std::filesystem::exists(folder / table) && read_file(folder / table) == text;
    };
    if (!says("metrics.csv", metrics_csv(history)) || !says("picks.csv", picks_csv(history)))
        HistoryTables(folder).finish(history);
}

/// What a run that has ended has left.
RunResult finished(const RunHistory& past, const std::filesystem::path& directory) {
    RunResult result;
    result.id = past.run->id;
    result.history = history_of(read_rounds(directory, "main", past));
    put_right(directory, result.history);
    if (past.parts.contains("baseline")) {
        result.baseline = history_of(read_rounds(directory, "baseline", past));
        put_right(directory / "baseline", *result.baseline);
    }
    result.stopped_because = past.end->reason;
    result.exhausted = past.end->exhausted;
    result.was_finished = true;
    return result;
}

}  // namespace

asio::awaitable<RunResult> run_pipeline(Pipeline pipeline, RunOptions options, Observer& observer) {
    const auto executor = co_await asio::this_coro::executor;
    const RunDirectory directory = RunDirectory::create(options.directory);
    Session session(executor, directory, options.threads, options.test_run);
    freeze(directory, pipeline);
    RunRecord record = co_await on_io(session.io(),
                                      record_run,
                                      std::cref(pipeline),
                                      std::cref(options.id),
                                      std::cref(options.overrides));
    co_await session.journal().begin_run(std::move(record));
    fit(pipeline, options.test_run);
    co_return co_await session.run(pipeline, options.id, options.drain, observer);
}

asio::awaitable<RunResult> resume_pipeline(std::filesystem::path directory,
                                           const Registry& registry,
                                           ResumeOptions options,
                                           Observer& observer) {
    const auto executor = co_await asio::this_coro::executor;
    const RunDirectory opened = RunDirectory::open(std::move(directory));
    Repair repair;
    if (options.accept_damage) repair = repair_run(opened.path());
    tell_losses(repair, observer);
    Session session(executor, opened, options.threads, options.test_run, options.ask_again);
    const RunHistory& past = session.journal().past();
    if (!past.run)
        throw ConfigError(
            fmt::format("{}: no run has begun here; begin one with: trommel run FILE "
                        "--run-dir {}",
                        opened.path().string(),
                        opened.path().string()));
    if (past.end && repair.rounds.empty()) co_return finished(past, opened.path());

    Pipeline pipeline = read_again(*past.run, opened, registry);
    RunRecord record = co_await on_io(session.io(),
                                      record_run,
                                      std::cref(pipeline),
                                      std::cref(past.run->id),
                                      std::cref(past.run->overrides));
    record.file = past.run->file;
    auto changed = changes(*past.run, record);
    if (!changed.empty() && !options.accept_changes) refuse_changes(opened.path(), changed);
    if (options.test_run == nullptr) refuse_lost_database(past, pipeline.platform, opened.path());
    co_await session.journal().resume(std::move(record), std::move(changed), std::move(repair));
    freeze(opened, pipeline);
    fit(pipeline, options.test_run);
    co_return co_await session.run(pipeline, past.run->id, options.drain, observer);
}

std::string make_run_id(const std::string& pipeline, std::chrono::system_clock::time_point time) {
    std::string id = pipeline;
    for (char& c : id)
        if (c == ' ') c = '-';
    const auto since_1970 =
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
    return fmt::format("{}-{:%Y%m%d-%H%M%S}-{:03}",
                       id,
                       fmt::gmtime(std::chrono::system_clock::to_time_t(time)),
                       since_1970.count() % 1000);
}

}  // namespace trommel
