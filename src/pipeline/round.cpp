#include "trommel/pipeline/round.hpp"

#include "trommel/runtime/bell.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/nursery.hpp"

#include <asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <list>

namespace trommel {
namespace {

/// Batches that may wait between two stages: enough to even out their pace, few enough to keep
/// memory flat.
constexpr Capacity between_stages{.count = 8, .bytes = std::size_t{64} << 20};

using SteadyClock = std::chrono::steady_clock;

/// Opens once; who waits for it goes on then.
class Gate {
public:
    explicit Gate(const asio::any_io_executor& executor) : bell_(executor) {}

    void open() {
        open_ = true;
        bell_.ring();
    }

    asio::awaitable<void> passed() {
        while (!open_) co_await bell_.wait();
    }

private:
    bool open_ = false;
    Bell bell_;
};

/// One stage of the round with its ends of the channels.
struct Running {
    const StageSpec& spec;
    std::unique_ptr<Stage> stage;
    StageContext context;
    Inputs inputs;
    Output output;
    Gate ended;
};

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
        for (const StageSpec* spec : stages_) running_.push_back(prepare(*spec));
    }

    asio::awaitable<RoundOutcome> run() {
        const auto body = [this](Nursery& nursery) -> asio::awaitable<void> {
            for (Running& stage : running_) nursery.start(run_stage(stage));
            co_return;
        };
        co_await with_nursery(body);
        co_return std::move(outcome_);
    }

private:
    struct Edge {
        Edge(const StageSpec* sender, const StageSpec* reader, asio::any_io_executor executor)
            : from(sender), to(reader), channel(std::move(executor), between_stages) {}

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

    Running prepare(const StageSpec& spec) {
        const std::any options = resolve_options(pipeline_, spec, values_);
        std::vector<Inputs::Stream> inputs;
        std::vector<PayloadChannel*> readers;
        for (Edge& edge : edges_) {
            if (edge.to == &spec) inputs.push_back({edge.from->type->output, &edge.channel});
            if (edge.from == &spec) readers.push_back(&edge.channel);
        }
        auto listener = [this, &spec](const PayloadPtr& payload) { note(spec, payload); };
        return {spec,
                spec.type->make(options),
                context_of(spec),
                Inputs(std::move(inputs)),
                Output(std::move(readers), std::move(listener)),
                Gate(executor_)};
    }

    StageContext context_of(const StageSpec& spec) const {
        return {.stage = spec.name,
                .run = values_.run,
                .round = values_.round,
                .seed = pipeline_.seed(),
                .folder = pipeline_.folder,
                .directory = services_.directory / "stages" / spec.name,
                .dataset = services_.dataset,
                .platform = services_.platform,
                .cpu = services_.cpu,
                .io = services_.io,
                .clock = services_.clock};
    }

    asio::awaitable<void> run_stage(Running& running) {
        for (Running& other : running_)
            if (std::ranges::count(running.spec.needs, other.spec.name) > 0)
                co_await other.ended.passed();
        services_.observer.stage_started(running.spec.name);
        const auto begin = SteadyClock::now();
        co_await run_named(running);
        running.inputs.close();
        running.output.close();
        running.ended.open();
        services_.observer.stage_ended(running.spec.name, SteadyClock::now() - begin);
    }

    /// Runs the stage; its errors come out saying whose they are.
    asio::awaitable<void> run_named(Running& running) {
        std::exception_ptr error;
        try {
            co_await running.stage->run(running.context, running.inputs, running.output);
        } catch (...) {
            error = std::current_exception();
        }
        if (!error) co_return;
        if (is_cancellation(error)) std::rethrow_exception(error);
        rethrow_named(running.spec, error);
    }

    [[noreturn]] void rethrow_named(const StageSpec& spec, const std::exception_ptr& error) const {
        try {
            std::rethrow_exception(error);
        } catch (const Interrupted&) {
            throw;
        } catch (const std::exception& cause) {
            throw StageError(fmt::format("{}:{}: stage '{}', round {}: {}",
                                         pipeline_.source.name,
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
            outcome_.labels = metrics.of->preselected->mask.count();
    }

    asio::any_io_executor executor_;
    const Pipeline& pipeline_;
    std::vector<const StageSpec*> stages_;
    RoundValues values_;
    RoundServices services_;
    std::list<Edge> edges_;
    std::list<Running> running_;
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
