// One pass through all stages: their channels, a StageRun for each, and the first failure.
#include "trommel/pipeline/engine/round/round.hpp"

#include "pipeline/definition/reader/scopes.hpp"
#include "pipeline/engine/round/stage_run.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/nursery.hpp"

#include <asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <list>

namespace trommel {
namespace {

using SteadyClock = std::chrono::steady_clock;

class Round {
public:
    Round(asio::any_io_executor executor,
          const Pipeline& pipeline,
          std::vector<const StageSpec*> stages,
          RoundValues values,
          RoundServices services)
        : executor_(std::move(executor)),
          pipeline_(pipeline),
          stages_(std::move(stages)),
          values_(std::move(values)),
          services_(std::move(services)) {
        connect();
        for (const StageSpec* spec : stages_) prepare(*spec);
    }

    asio::awaitable<RoundOutcome> run() {
        const auto body = [this](Nursery& nursery) -> asio::awaitable<void> {
            for (StageRun& stage : running_) nursery.start(run_stage(stage));
            co_return;
        };
        co_await with_nursery(body);
        co_return std::move(outcome_);
    }

private:
    struct Edge {
        Edge(const StageSpec* sender, const StageSpec* reader, asio::any_io_executor executor)
            : from(sender), to(reader), channel(std::move(executor), reader->policies.buffer) {}

        const StageSpec* from;
        const StageSpec* to;
        PayloadChannel channel;
    };

    const StageSpec* find(const std::string& name) const {
        for (const StageSpec* spec : stages_)
            if (spec->name == name) return spec;
        return nullptr;  // left out of this round
    }

    void connect() {
        for (const StageSpec* to : stages_)
            for (const auto& name : to->from)
                if (const StageSpec* from = find(name)) edges_.emplace_back(from, to, executor_);
    }

    void prepare(const StageSpec& spec) {
        std::vector<Inputs::Stream> inputs;
        std::vector<PayloadChannel*> readers;
        for (Edge& edge : edges_) {
            if (edge.to == &spec) inputs.push_back({edge.from->type->output, &edge.channel});
            if (edge.from == &spec) readers.push_back(&edge.channel);
        }
        auto listener = [this, &spec](const PayloadPtr& payload) { note(spec, payload); };
        running_.emplace_back(
            setup_of(spec), std::move(inputs), std::move(readers), std::move(listener));
    }

    StageSetup setup_of(const StageSpec& spec) {
        return {.spec = spec,
                .options = resolve_options(pipeline_, spec, values_),
                .context = context_of(spec),
                .observer = services_.observer,
                .known_parts = [this, &spec] { return parts_of(spec); },
                .run = services_.directory,
                .left_out = left_out_,
                .limiter = services_.limits.find(spec.policies.limit),
                .jitter = Random(pipeline_.seed(), values_.round, "retry." + spec.name),
                .worked = Stopwatch(executor_, services_.clock),
                .faults = services_.faults};
    }

    KeyParts parts_of(const StageSpec& spec) const {
        const Scope scope = scope_of(pipeline_.params, values_, pipeline_.secrets);
        return known_parts(pipeline_, spec, scope, *services_.dataset.files);
    }

    StageContext context_of(const StageSpec& spec) const {
        return {.stage = spec.name,
                .run = values_.run,
                .round = values_.round,
                .seed = pipeline_.seed(),
                .directory = services_.directory / "stages" / spec.name,
                .dataset = services_.dataset,
                .platform = services_.platform,
                .cpu = services_.cpu,
                .io = services_.io,
                .clock = services_.clock,
                .secrets = pipeline_.secrets,
                .records = RecordErrors(spec.policies.on_error != OnError::fail, left_out_),
                .effects = services_.effects.within(spec.name),
                .record_cache = {},
                .answered = answered_by(spec.name),
                .ask_again = services_.ask_again,
                .database = services_.database};
    }

    BitMask answered_by(const std::string& stage) const {
        const auto found = services_.answered.find(stage);
        return found == services_.answered.end() ? BitMask() : found->second;
    }

    asio::awaitable<void> run_stage(StageRun& running) {
        const StageSpec& spec = running.spec();
        for (StageRun& other : running_)
            if (std::ranges::count(spec.needs, other.spec().name) > 0) co_await other.ended();
        services_.observer.stage_started(spec.name);
        const auto begin = SteadyClock::now();
        FailedRecords failed = co_await run_named(running);
        if (failed.records > 0) outcome_.failed.push_back(std::move(failed));
        running.end();
        services_.observer.stage_ended(spec.name, SteadyClock::now() - begin);
    }

    /// Runs the stage; its errors come out saying whose they are.
    asio::awaitable<FailedRecords> run_named(StageRun& running) {
        std::exception_ptr error;
        FailedRecords failed;
        try {
            failed = co_await running.run();
        } catch (...) {
            error = std::current_exception();
        }
        if (!error) co_return failed;
        if (is_cancellation(error)) std::rethrow_exception(error);
        rethrow_named(running.spec(), error);
    }

    [[noreturn]] void rethrow_named(const StageSpec& spec, const std::exception_ptr& error) const {
        try {
            std::rethrow_exception(error);
        } catch (const Interrupted&) {
            throw;
        } catch (const std::exception& cause) {
            throw StageError(fmt::format("{}:{}: stage '{}', round {}: {}",
                                         pipeline_.file_of(spec.place),
                                         spec.place.line,
                                         spec.name,
                                         values_.round,
                                         cause.what()));
        }
    }

    void note(const StageSpec& spec, const PayloadPtr& payload) {
        services_.observer.stage_sent(spec.name, payload->records());
        if (services_.on_sent) services_.on_sent(spec, payload);
        if (!spec.writes.empty())
            outcome_.written[spec.writes] = std::static_pointer_cast<const TagSet>(payload);
        if (spec.type->output == Metrics::port)
            measure(spec, static_cast<const Metrics&>(*payload));
    }

    void measure(const StageSpec& spec, const Metrics& metrics) {
        for (const auto& [name, value] : metrics.values)
            outcome_.metrics[fmt::format("{}.{}", spec.name, name)] = value;
        if (metrics.of && metrics.of->preselected)
            outcome_.measured = metrics.of->preselected->mask;
    }

    asio::any_io_executor executor_;
    const Pipeline& pipeline_;
    std::vector<const StageSpec*> stages_;
    RoundValues values_;
    RoundServices services_;
    std::list<Edge> edges_;
    std::list<StageRun> running_;
    BitMask left_out_;
    RoundOutcome outcome_;
};

}  // namespace

asio::awaitable<RoundOutcome> run_round(const Pipeline& pipeline,
                                        std::vector<const StageSpec*> stages,
                                        RoundValues values,
                                        RoundServices services) {
    const auto executor = co_await asio::this_coro::executor;
    Round round(executor, pipeline, std::move(stages), std::move(values), std::move(services));
    RoundOutcome outcome = co_await round.run();
    co_return outcome;
}

}  // namespace trommel
