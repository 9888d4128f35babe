// One stage in one round: its inputs and output, its work in attempts, and what it reports.
#include "pipeline/engine/round/stage_run.hpp"

#include "trommel/pipeline/language/units.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/nursery.hpp"

#include <asio/this_coro.hpp>
#include <fmt/format.h>

namespace trommel {

StageRun::StageRun(StageSetup setup,
                   std::vector<Inputs::Stream> inputs,
                   std::vector<PayloadChannel*> readers,
                   Output::Listener listener)
    : setup_(std::move(setup)),
      inputs_(std::move(inputs)),
      output_(std::move(readers),
              [this, listener = std::move(listener)](const PayloadPtr& payload) {
                  inputs_.forget();  // there is no way back from here
                  setup_.records.add_good(payload->records());
                  if (made_) made_->push_back(payload);
                  listener(payload);
              }),
      ended_(setup_.worked.executor()) {}

void StageRun::end() {
    inputs_.close();
    output_.close();
    ended_.open();
}

asio::awaitable<FailedRecords> StageRun::run() {
    co_await run_in_time();
    co_return co_await leave_out();
}

/// Records that failed do not continue: here it shows how many they are and what becomes of them.
asio::awaitable<FailedRecords> StageRun::leave_out() {
    const Policies& policies = setup_.spec.policies;
    FailedRecords failed;
    failed.stage = setup_.spec.name;
    failed.round = setup_.context.round;
    failed.records = setup_.records.failed();
    failed.of = setup_.records.all();
    failed.quarantined = policies.on_error == OnError::quarantine;
    if (failed.records == 0) co_return failed;
    if (failed.quarantined) {
        auto records =
            setup_.records.quarantined(failed.stage, failed.round, *setup_.context.dataset.names);
        co_await on_io(setup_.context.io, quarantine, setup_.run, std::move(records));
    }
    if (const auto excess = setup_.records.excess(policies)) throw DataError(*excess);
    setup_.left_out |= setup_.records.left_out();
    setup_.observer.records_failed(failed);
    co_return failed;
}

asio::awaitable<void> StageRun::run_in_time() {
    const auto deadline = setup_.spec.policies.deadline;
    if (!deadline) {
        co_await run_all();
        co_return;
    }
    try {
        co_await with_expiry(run_all(), setup_.worked.reach(*deadline));
    } catch (const DeadlineExceeded&) {
        if (setup_.worked.elapsed() < *deadline) throw;  // the time for a part of its work, its own
        throw Error(
            fmt::format("worked longer than its deadline of {} for all attempts of a round; allow "
                        "more, or give it less to do",
                        to_text(*deadline)));
    }
}

asio::awaitable<void> StageRun::run_all() {
    if (setup_.spec.policies.cache != CacheMode::off) return run_cached();
    if (setup_.spec.type->is_batchwise(setup_.options)) return run_batches();
    return run_whole();
}

/// The key of a cache has all inputs in it, so all are waited for first.
asio::awaitable<void> StageRun::run_cached() {
    co_await inputs_.fill();
    CachedStage cached(setup_, inputs_);
    if (setup_.spec.policies.cache == CacheMode::whole) {
        co_await run_or_reuse(cached);
        co_return;
    }
    setup_.context.record_cache = co_await cached.records();
    co_await run_whole();
    cached.tell(*setup_.context.record_cache);
}

/// An output without the records that failed is not kept: they may be good the next time.
asio::awaitable<void> StageRun::run_or_reuse(CachedStage& cached) {
    auto found = co_await cached.find();
    if (found) {
        for (PayloadPtr& payload : *found) co_await output_.send(std::move(payload));
        co_return;
    }
    made_.emplace();
    co_await run_whole();
    if (setup_.records.failed() == 0) {
        co_await cached.keep(*std::move(made_));
    }
}

asio::awaitable<void> StageRun::run_whole() {
    if (setup_.spec.policies.retry.attempts > 1) inputs_.keep();
    const auto undo = [this] {
        if (output_.has_sent()) return false;
        inputs_.rewind();
        return true;
    };
    Attempts attempts(setup_, inputs_, output_, undo);
    co_await attempts.run();
}

/// As many copies as the stage may have take their batches from the same channel.
asio::awaitable<void> StageRun::run_batches() {
    const auto body = [this](Nursery& nursery) -> asio::awaitable<void> {
        for (std::int64_t i = 0; i < setup_.spec.policies.parallel; ++i) nursery.start(run_copy());
        co_return;
    };
    co_await with_nursery(body);
}

asio::awaitable<void> StageRun::run_copy() {
    for (const auto& stream : inputs_.streams())
        while (auto batch = co_await stream.channel->receive())
            co_await run_batch(stream.port, *std::move(batch));
}

/// A batch is a stage's whole input, and what is made of it goes on when an attempt has succeeded.
asio::awaitable<void> StageRun::run_batch(std::string_view port, PayloadPtr batch) {
    const auto executor = co_await asio::this_coro::executor;
    PayloadChannel no_more(executor, {});
    no_more.close();
    std::vector<PayloadPtr> made;
    std::vector<Inputs::Stream> streams;
    streams.push_back({port, &no_more, {std::move(batch)}});
    Inputs in(std::move(streams));
    Output out({}, [&made](const PayloadPtr& payload) { made.push_back(payload); });
    const auto undo = [&] {
        made.clear();
        in.rewind();
        return true;
    };
    Attempts attempts(setup_, in, out, undo);
    co_await attempts.run();
    for (PayloadPtr& payload : made) co_await output_.send(std::move(payload));
}

}  // namespace trommel
