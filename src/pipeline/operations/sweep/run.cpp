#include "trommel/pipeline/operations/sweep/run.hpp"

#include "pipeline/engine/journal/inputs.hpp"
#include "pipeline/operations/sweep/cell_store.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/run/run.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/runtime/cpu_pool.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace trommel {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Runs a pipeline on a loop of its own on this thread; throws Interrupted if `stop` was in time.
RunResult run_alone(Pipeline pipeline,
                    RunOptions options,
                    Observer& observer,
                    const std::stop_token& stop) {
    asio::io_context loop(1);
    asio::cancellation_signal cancel;
    std::optional<RunResult> result;
    std::exception_ptr failure;
    const auto work = [&]() -> asio::awaitable<void> {
        result = co_await run_pipeline(std::move(pipeline), std::move(options), observer);
    };
    const auto ended = [&](std::exception_ptr error) { failure = std::move(error); };
    asio::co_spawn(loop, work(), asio::bind_cancellation_slot(cancel.slot(), ended));
    const auto emit = [&] { cancel.emit(asio::cancellation_type::terminal); };
    const std::stop_callback on_stop(stop, [&] { asio::post(loop, emit); });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return *std::move(result);
}

/// The threads of a sweep and what they share.
class Sweep {
public:
    Sweep(const SweepPlan& plan,
          const Registry& registry,
          const SweepOptions& options,
          SweepObserver& observer,
          std::stop_token stop)
        : plan_(plan),
          registry_(registry),
          options_(options),
          observer_(observer),
          asked_to_stop_(std::move(stop)),
          store_(options.directory) {}

    SweepResult run() {
        find_waiting();
        observer_.sweep_started(plan_.cells.size(), plan_.cells.size() - waiting_.size());
        // oneTBB's threads are the process's: this lets as many compute as there are cells.
        const CpuPool enough(options_.jobs);
        const std::stop_callback pass_on(asked_to_stop_, [this] { stop_.request_stop(); });
        {
            std::vector<std::jthread> threads;
            const auto count = std::min<std::size_t>(options_.jobs, waiting_.size());
            for (std::size_t i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
        }
        if (failure_) std::rethrow_exception(failure_);
        result_.interrupted =
            asked_to_stop_.stop_requested() && result_.count(CellState::waiting) > 0;
        return std::move(result_);
    }

private:
    void find_waiting() {
        std::set<std::string> taken;
        std::map<std::filesystem::path, std::string> digests;  // most cells read the same files
        const auto digest_of = [&](const std::filesystem::path& file) {
            auto& digest = digests[file];
            if (digest.empty()) digest = sha256_of_file(file);
            return digest;
        };
        for (const SweepCell& cell : plan_.cells) {
            const Pipeline pipeline = pipeline_of(plan_, cell, registry_);
            refuse_shared(pipeline, taken);
            const RunRecord now = record_run_with(digest_of, pipeline, cell.id, cell.overrides);
            CellEnd end = store_.end_of(cell, now, options_.retry_failed);
            if (end.state == CellState::waiting) waiting_.push_back(result_.cells.size());
            result_.cells.push_back(std::move(end));
        }
    }

    /// Runs on one database would wait for each other's rounds, or fail because of them; a state
    /// that a server keeps would begin with what another cell has labelled.
    static void refuse_shared(const Pipeline& pipeline, std::set<std::string>& taken) {
        const auto& [database, remote] = pipeline.platform;
        if (database && !taken.insert(database->string()).second)
            throw ConfigError(fmt::format(
                "cells of a sweep would share the database {}; leave 'platform' out, so that each "
                "has its own, or put a '${{matrix.…}}' into its name",
                database->string()));
        if (!remote) return;
        for (const StateSpec& state : pipeline.state) {
            const auto kept =
                fmt::format("{} {} {}", remote->url, pipeline.dataset.name, state.tag);
            if (state.tag.empty() || taken.insert(kept).second) continue;
            throw ConfigError(fmt::format(
                "cells of a sweep would share the state '{}', which the server keeps as '{}'; "
                "leave its 'tag' out, or put a '${{matrix.…}}' into it",
                state.name,
                state.tag));
        }
    }

    void work() {
        try {
            while (const auto next = take()) run_cell(*next);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!failure_) failure_ = std::current_exception();
            stop_.request_stop();
        }
    }

    /// The position of the next cell, or nothing: all are taken, or none may begin any more.
    std::optional<std::size_t> take() {
        const std::lock_guard lock(mutex_);
        if (stop_.stop_requested() || taken_ == waiting_.size()) return std::nullopt;
        const std::size_t next = waiting_[taken_++];
        observer_.cell_started(plan_.cells[next]);
        return next;
    }

    void run_cell(std::size_t position) {
        const SweepCell& cell = plan_.cells[position];
        const auto directory = store_.clear(cell);
        const auto begin = SteadyClock::now();
        const auto end = end_of_run(cell, directory);
        const std::chrono::duration<double> took = SteadyClock::now() - begin;
        if (end.state != CellState::waiting) store_.keep(cell, end, took.count());
        const std::lock_guard lock(mutex_);
        result_.cells[position] = end;
        observer_.cell_ended(cell, end);
    }

    /// Tells the sweep's observer of a cell's rounds.
    class CellObserver final : public Observer {
    public:
        CellObserver(Sweep& sweep, const SweepCell& cell) : sweep_(sweep), cell_(cell) {}

        void round_ended(std::uint32_t round, std::chrono::nanoseconds) override {
            if (round == 0) return;  // the closing pass
            const std::lock_guard lock(sweep_.mutex_);
            sweep_.observer_.round_ended(cell_);
        }

    private:
        Sweep& sweep_;
        const SweepCell& cell_;
    };

    CellEnd end_of_run(const SweepCell& cell, const std::filesystem::path& directory) {
        CellObserver observer(*this, cell);
        RunOptions options{.id = cell.id,
                           .directory = directory,
                           .threads = 1,
                           .overrides = cell.overrides,
                           .drain = {}};
        try {
            Pipeline pipeline = pipeline_of(plan_, cell, registry_);
            // A server still has what other sweeps, and this cell when it was cut off, did there.
            if (pipeline.platform.remote) options.id += "-" + new_id();
            const auto result =
                run_alone(std::move(pipeline), options, observer, stop_.get_token());
            if (!result.exhausted) return {.state = CellState::finished, .ran = true, .error = {}};
            return {.state = CellState::failed, .ran = true, .error = result.stopped_because};
        } catch (const Interrupted&) {
            return {.state = CellState::waiting, .ran = true, .error = {}};
        } catch (const std::exception& error) {
            return {.state = CellState::failed, .ran = true, .error = error.what()};
        }
    }

    const SweepPlan& plan_;
    const Registry& registry_;
    const SweepOptions& options_;
    SweepObserver& observer_;
    std::stop_token asked_to_stop_;  ///< by the caller
    std::stop_source stop_;          ///< for the threads, by the caller or one of them
    CellStore store_;
    std::vector<std::size_t> waiting_;

    std::mutex mutex_;  ///< of what follows, and of calls to the observer
    std::size_t taken_ = 0;
    SweepResult result_;
    std::exception_ptr failure_;
};

}  // namespace

unsigned default_jobs() { return 3 * std::max(1U, std::thread::hardware_concurrency()); }

std::size_t SweepResult::count(CellState state) const {
    return static_cast<std::size_t>(std::ranges::count(cells, state, &CellEnd::state));
}

SweepResult run_sweep(const SweepPlan& plan,
                      const Registry& registry,
                      const SweepOptions& options,
                      SweepObserver& observer,
                      std::stop_token stop) {
    return Sweep(plan, registry, options, observer, std::move(stop)).run();
}

}  // namespace trommel
