#include "pipeline/engine/round/round_bench.hpp"

#include "trommel/runtime/deadline.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <fmt/format.h>

namespace trommel::test {
namespace {

using std::chrono::milliseconds;

asio::awaitable<void> pause(StageContext& context, milliseconds time) {
    const auto wake = context.clock.now() + time;
    co_await context.clock.sleep_until(wake);
}

void note(const StageContext& context, const std::string& what) {
    diary().push_back(fmt::format("{} {}", context.stage, what));
}

/// A batch that is told by its one score.
PayloadPtr batch_of(double score) {
    auto batch = std::make_shared<ScoreBatch>();
    batch->samples = {static_cast<SampleIndex>(score)};
    batch->columns.push_back({.name = "score", .values = {score}});
    return batch;
}

int score_of(const ScoreBatch& batch) { return static_cast<int>(batch.columns[0].values[0]); }

class Source final : public Stage {
public:
    struct Options {
        std::int64_t batches = 3;
        milliseconds every{0};
    };
    explicit Source(const Options& options) : options_(options) {}

    asio::awaitable<void> run(StageContext& context, Inputs&, Output& out) override {
        for (std::int64_t i = 0; i < options_.batches; ++i) {
            co_await pause(context, options_.every);
            PayloadPtr batch = batch_of(static_cast<double>(i));
            co_await out.send(std::move(batch));
        }
    }

private:
    Options options_;
};

enum class Fault { transient, data, platform, late };

struct WorkerOptions {
    std::int64_t failures = 0;
    Fault error = Fault::transient;
    bool after_sending = false;
    milliseconds work{0};
};

[[noreturn]] void fail(Fault fault) {
    if (fault == Fault::data) throw DataError("the data are bad");
    if (fault == Fault::platform)
        throw PlatformError(PlatformError::Reason::unavailable, "the platform is busy");
    if (fault == Fault::late) throw DeadlineExceeded();
    throw TransientError("bad luck");
}

/// Reads all, works, and sends all on.
class Worker : public Stage {
public:
    using Options = WorkerOptions;
    explicit Worker(const Options& options) : options_(options) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        std::vector<std::shared_ptr<const ScoreBatch>> batches;
        while (auto batch = co_await in.receive<ScoreBatch>()) batches.push_back(batch);
        std::string got;
        for (const auto& batch : batches) got += fmt::format(" {}", score_of(*batch));
        note(context, fmt::format("attempt {} got{}", context.attempt, got));
        co_await pause(context, options_.work);
        const bool fails = context.attempt <= options_.failures;
        if (fails && !options_.after_sending) fail(options_.error);
        for (const auto& batch : batches) co_await out.send(batch);
        if (fails) fail(options_.error);
        note(context, "done");
    }

private:
    Options options_;
};

class Batchwise final : public Worker {
public:
    using Worker::Worker;
};

class Sink final : public Stage {
public:
    struct Options {};
    explicit Sink(const Options&) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output&) override {
        while (auto batch = co_await in.receive<ScoreBatch>())
            note(context,
                 fmt::format("got {} at {}",
                             score_of(*batch),
                             context.clock.now().time_since_epoch() / milliseconds(1)));
    }
};

template <typename StageClass>
auto worker(const std::string& name) {
    using Options = WorkerOptions;
    return StageType::of<StageClass>(name, "Works.")
        .template reads<ScoreBatch>()
        .template sends<ScoreBatch>()
        .option("failures", &Options::failures, "Attempts that fail.")
        .choice("error",
                &Options::error,
                "How.",
                {{"transient", Fault::transient},
                 {"data", Fault::data},
                 {"platform", Fault::platform},
                 {"late", Fault::late}})
        .option("after_sending", &Options::after_sending, "When.")
        .option("work", &Options::work, "How long.");
}

const Registry& registry() {
    static const Registry all = bench_stages();
    return all;
}

}  // namespace

std::vector<std::string>& diary() {
    static std::vector<std::string> lines;
    return lines;
}

Registry bench_stages() {
    Registry all;
    all.add(StageType::of<Source>("source", "Sends.")
                .sends<ScoreBatch>()
                .option("batches", &Source::Options::batches, "How many.")
                .option("every", &Source::Options::every, "How often."));
    all.add(worker<Worker>("worker"));
    all.add(worker<Batchwise>("batchwise").batchwise());
    all.add(StageType::of<Sink>("sink", "Notes.").reads<ScoreBatch>());
    return all;
}

RoundBench::RoundBench()
    : platform_(std::make_unique<EmbeddedPlatform>(
          time_.loop.get_executor(), store::open_sqlite(folder_ / "p.db"), cpu_)) {
    diary().clear();
}

void RoundBench::run(const std::string& stages, const std::string& head) {
    const SourceText source{
        "p.yaml",
        "version: 1\nname: bench\ndataset: {name: none, embeddings: none.csv}\n" + head +
            "stages:\n" + stages};
    Diagnostics diagnostics;
    const auto pipeline = read_pipeline(source, folder_.path(), registry(), {}, diagnostics);
    diagnostics.throw_if_errors(source);
    std::vector<const StageSpec*> all;
    for (const auto& stage : pipeline->stages) all.push_back(&stage);
    Limits limits(time_.loop.get_executor(), time_.clock, pipeline->limits);
    const Effects effects(effects_, "run");
    RoundServices services{
        *platform_, cpu_, io_, time_.clock, dataset_, *this, limits, effects, folder_ / "run"};
    time_.run(run_round(*pipeline, std::move(all), {}, std::move(services)));
}

std::string RoundBench::error_of(const std::string& stages, const std::string& head) {
    try {
        run(stages, head);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

std::vector<std::string> RoundBench::noted(const std::string& words) {
    std::vector<std::string> lines;
    for (const auto& line : diary())
        if (line.starts_with(words)) lines.push_back(line);
    return lines;
}

milliseconds RoundBench::now() const {
    return std::chrono::duration_cast<milliseconds>(time_.clock.now().time_since_epoch());
}

}  // namespace trommel::test
