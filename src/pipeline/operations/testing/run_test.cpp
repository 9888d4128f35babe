#include "trommel/pipeline/operations/testing/run_test.hpp"

#include "pipeline/engine/journal/round_files.hpp"
#include "pipeline/engine/loop/loop.hpp"
#include "pipeline/engine/loop/prepare.hpp"
#include "pipeline/operations/testing/expectations.hpp"
#include "trommel/pipeline/operations/run/run.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/this_coro.hpp>

#include <algorithm>
#include <stop_token>

namespace trommel {
namespace {

constexpr auto run_id = "test";

/// Kills the run where the test wants it: keeps what a process that is killed now would leave on
/// the disk, all that it has written up to here and nothing of what it writes when it ends in
/// peace, and lets this one end.
class Killer final : public Observer {
public:
    Killer(InjectedFaults& faults, const std::filesystem::path& directory)
        : faults_(faults), directory_(directory) {}

    std::stop_token drain() const { return end_.get_token(); }
    bool has_killed() const { return end_.stop_requested(); }

    /// Puts what the killed process left into its place.
    void leave_remains() const {
        std::filesystem::remove_all(directory_);
        std::filesystem::rename(remains(), directory_);
    }

private:
    void round_ended(std::uint32_t round, std::chrono::nanoseconds) override {
        if (has_killed() || !faults_.kills_after(round)) return;
        using Options = std::filesystem::copy_options;
        std::filesystem::copy(directory_, remains(), Options::recursive);
        end_.request_stop();
    }

    std::filesystem::path remains() const { return directory_.string() + ".killed"; }

    InjectedFaults& faults_;
    const std::filesystem::path& directory_;
    std::stop_source end_;
};

class TestExecution {
public:
    TestExecution(const Pipeline& written,
                  const TestSpec& test,
                  const Registry& registry,
                  ManualClock& clock,
                  TestOptions options)
        : test_(test),
          registry_(registry),
          options_(std::move(options)),
          clock_(clock),
          faults_(test.faults),
          test_run_{clock, faults_, test.max_rounds} {
        const auto& params = test.params;
        options_.overrides.insert(options_.overrides.end(), params.begin(), params.end());
        pipeline_ = read_with_params(written);
        options_.directory /= run_id;
    }

    asio::awaitable<TestResult> run() {
        co_await run_to_end();
        co_await look_at_remains();
        TestResult result;
        result.rounds = run_.rounds;
        result.findings = judge(test_, pipeline_, run_, faults_, clock_);
        co_return result;
    }

private:
    Pipeline read_with_params(const Pipeline& written) const {
        Diagnostics diagnostics;
        auto read = read_pipeline(
            written.source, written.folder, registry_, options_.overrides, diagnostics);
        diagnostics.throw_if_errors(written.source);
        return *std::move(read);
    }

    /// Through as many processes as it takes.
    asio::awaitable<void> run_to_end() {
        bool goes_on = true;
        for (bool begun = false; goes_on; begun = true) {
            Killer killer(faults_, options_.directory);
            co_await run_process(begun, killer);
            goes_on = killer.has_killed();
            if (goes_on) killer.leave_remains();
        }
    }

    asio::awaitable<void> run_process(bool begun, Killer& killer) {
        std::exception_ptr error;
        RunResult result;
        try {
            result = co_await begin_or_resume(begun, killer);
        } catch (...) {
            error = std::current_exception();
        }
        if (is_cancellation(error) || (was_stopped(error) && !killer.has_killed()))
            std::rethrow_exception(error);
        note_end(result, error);
    }

    asio::awaitable<RunResult> begin_or_resume(bool begun, Killer& killer) {
        if (!begun) {
            RunOptions options;
            options.id = run_id;
            options.directory = options_.directory;
            options.threads = options_.threads;
            options.overrides = options_.overrides;
            options.drain = killer.drain();
            options.test_run = &test_run_;
            return run_pipeline(pipeline_, std::move(options), killer);
        }
        ResumeOptions options;
        options.threads = options_.threads;
        options.drain = killer.drain();
        options.test_run = &test_run_;
        return resume_pipeline(options_.directory, registry_, std::move(options), killer);
    }

    static bool was_stopped(const std::exception_ptr& error) {
        if (!error) return false;
        try {
            std::rethrow_exception(error);
        } catch (const Interrupted&) {
            return true;
        } catch (...) {
            return false;
        }
    }

    void note_end(const RunResult& result, const std::exception_ptr& error) {
        run_.outcome = result.exhausted ? TestOutcome::exhausted : TestOutcome::ok;
        run_.message = result.stopped_because;
        if (!error) return;
        run_.outcome = TestOutcome::failed;
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& failure) {
            run_.message = failure.what();
        }
    }

    /// The rounds that count and the states that they have left.
    asio::awaitable<void> look_at_remains() {
        const auto rounds = RoundFiles(options_.directory / "rounds" / "main").read();
        run_.history = history_of(rounds);
        for (const auto& round : rounds) run_.rounds = std::max(run_.rounds, round.round);
        const auto executor = co_await asio::this_coro::executor;
        const auto database = options_.directory / "platform.db";
        if (!std::filesystem::exists(database)) co_return;
        CpuPool cpu(1);
        EmbeddedPlatform platform(executor, store::open_sqlite(database), cpu);
        std::exception_ptr error;
        try {
            co_await read_states(platform, rounds);
        } catch (...) {
            error = std::current_exception();
        }
        co_await platform.close();
        if (error) std::rethrow_exception(error);
    }

    asio::awaitable<void> read_states(Platform& platform,
                                      const std::vector<CommittedRound>& rounds) {
        const auto dataset = co_await platform.find_dataset(pipeline_.dataset.name);
        if (!dataset) co_return;
        if (rounds.empty()) {
            co_await read_initial_states(platform, dataset->id);
            co_return;
        }
        for (const auto& [state, id] : rounds.back().states)
            run_.states[state] = co_await platform.tag(dataset->id, id);
    }

    /// Those that were made before the first round failed.
    asio::awaitable<void> read_initial_states(Platform& platform, DatasetId dataset) {
        for (const auto& state : pipeline_.state) {
            std::string name = initial_state_name(run_id, state.name);
            auto tag = co_await platform.find_tag(dataset, std::move(name));
            if (tag) run_.states[state.name] = *std::move(tag);
        }
    }

    const TestSpec& test_;
    const Registry& registry_;
    TestOptions options_;
    ManualClock& clock_;
    InjectedFaults faults_;
    TestRun test_run_;
    Pipeline pipeline_;
    TestedRun run_;
};

}  // namespace

asio::awaitable<TestResult> run_test(const Pipeline& pipeline,
                                     const TestSpec& test,
                                     const Registry& registry,
                                     ManualClock& clock,
                                     TestOptions options) {
    TestExecution run(pipeline, test, registry, clock, std::move(options));
    TestResult result = co_await run.run();
    co_return result;
}

}  // namespace trommel
