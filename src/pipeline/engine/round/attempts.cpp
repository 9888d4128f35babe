// Attempts at a stage: their time limits, the waits between them, and which failures end them.
#include "pipeline/engine/round/attempts.hpp"

#include "pipeline/engine/round/failure.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/deadline.hpp"

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace trommel {
namespace {

/// Lets an attempt know of the stage's waits for a scope.
class Observed {
public:
    Observed(Inputs& in, Output& out, WaitObserver& observer) : in_(in), out_(out) {
        in_.observed_by(&observer);
        out_.observed_by(&observer);
    }
    Observed(const Observed&) = delete;
    Observed& operator=(const Observed&) = delete;
    ~Observed() {
        in_.observed_by(nullptr);
        out_.observed_by(nullptr);
    }

private:
    Inputs& in_;
    Output& out_;
};

}  // namespace

asio::awaitable<void> Attempts::run() {
    for (unsigned attempt = 1;; ++attempt) {
        const std::exception_ptr error = co_await try_once(attempt);
        if (!error) co_return;
        if (is_cancellation(error)) std::rethrow_exception(error);
        const Failure failure = failure_of(error);
        refuse_retry(error, failure, attempt);
        co_await back_off(failure, attempt);
    }
}

asio::awaitable<std::exception_ptr> Attempts::try_once(unsigned attempt) {
    std::exception_ptr error;
    try {
        co_await run_attempt(attempt);
    } catch (...) {
        error = std::current_exception();
    }
    co_return error;
}

asio::awaitable<void> Attempts::run_attempt(unsigned attempt) {
    const auto executor = co_await asio::this_coro::executor;
    Work work(executor, setup_.context.clock, setup_.limiter, setup_.worked);
    const Observed observed(in_, out_, work);
    const auto timeout = setup_.spec.policies.timeout;
    if (!timeout) {
        co_await run_stage(work, attempt);
        co_return;
    }
    try {
        co_await with_expiry(run_stage(work, attempt), work.watch().reach(*timeout));
    } catch (const DeadlineExceeded&) {
        if (work.watch().elapsed() < *timeout) throw;  // the time for a part of its work, its own
        throw TransientError(
            fmt::format("worked longer than its timeout of {} for one attempt; allow more, or give "
                        "it less to do",
                        to_text(*timeout)));
    }
}

asio::awaitable<void> Attempts::run_stage(Work& work, unsigned attempt) {
    const AttemptFault fault = strike(attempt);
    if (fault == AttemptFault::hang) {
        co_await hang(work);
    }
    if (in_.empty()) {
        co_await work.wait_ends();
    }
    const auto stage = setup_.spec.type->make(setup_.options);
    StageContext context = setup_.context;
    context.attempt = attempt;
    if (fault == AttemptFault::shortened) {
        co_await run_short(*stage, context);
    } else {
        co_await stage->run(context, in_, out_);
    }
    setup_.records.add(context.records);
}

/// Throws where the attempt is to fail at once.
AttemptFault Attempts::strike(unsigned attempt) {
    if (setup_.faults == nullptr) return AttemptFault::none;
    const auto fault = setup_.faults->strike(setup_.spec.name, setup_.context.round, attempt);
    if (fault == AttemptFault::transient)
        throw TransientError("a transient fault that its test injects");
    if (fault == AttemptFault::permanent) throw Error("a permanent fault that its test injects");
    return fault;
}

/// Works, and comes to nothing until it is cancelled.
asio::awaitable<void> Attempts::hang(Work& work) const {
    co_await work.wait_ends();
    asio::steady_timer never(setup_.worked.executor(), asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

/// The stage sends into a list, of which all but the last goes on.
asio::awaitable<void> Attempts::run_short(Stage& stage, StageContext& context) {
    std::vector<PayloadPtr> made;
    Output list({}, [&made](const PayloadPtr& payload) { made.push_back(payload); });
    co_await stage.run(context, in_, list);
    if (!made.empty()) made.pop_back();
    for (PayloadPtr& payload : made) co_await out_.send(std::move(payload));
}

/// Throws unless there is to be another attempt.
void Attempts::refuse_retry(const std::exception_ptr& error,
                            const Failure& failure,
                            unsigned attempt) {
    const unsigned attempts = setup_.spec.policies.retry.attempts;
    if (!failure.retryable || attempts == 1) std::rethrow_exception(error);
    const bool last = attempt >= attempts;
    if (!last && undo_()) return;
    throw Error(fmt::format("attempt {} of {}{}: {}",
                            attempt,
                            attempts,
                            last ? "" : ", not tried again because part of its output has gone on",
                            failure.what));
}

asio::awaitable<void> Attempts::back_off(Failure failure, unsigned attempt) {
    const auto& retry = setup_.spec.policies.retry;
    const auto delay = retry_delay(retry, attempt, failure, setup_.jitter);
    setup_.observer.stage_retries({setup_.spec.name, attempt, retry.attempts, failure.what, delay});
    const ScopedWatch counted(setup_.worked);
    const auto wake = setup_.context.clock.now() + delay;
    co_await setup_.context.clock.sleep_until(wake);
}

}  // namespace trommel
