#include "cli/process/interruptible.hpp"

#include "cli/output/output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/signals.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <fmt/format.h>

#include <csignal>
#include <optional>

namespace trommel::cli {
namespace {

using std::chrono::milliseconds;

milliseconds parse_grace(const std::string& text) {
    const auto grace = parse_duration(text);
    if (!grace) throw ConfigError(fmt::format("--grace {}: {}", text, grace.problem()));
    return *grace;
}

/// Waits for the signals of one run.
class Watch {
public:
    Watch(milliseconds grace, std::stop_source& drain, asio::cancellation_signal& stop)
        : grace_(grace), drain_(drain), stop_(stop) {}

    asio::awaitable<void> run(asio::any_io_executor executor) {
        StopSignals interrupts(executor);
        co_await interrupts.next();
        drain_.request_stop();
        if (grace_ > milliseconds(0)) co_await wait_for_round(interrupts);
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        stop_.emit(asio::cancellation_type::terminal);
    }

private:
    asio::awaitable<void> wait_for_round(StopSignals& interrupts) {
        print_progress(
            "trommel: this round is the last, and has {} to end; stop it at once with a "
            "second signal\n",
            to_text(grace_));
        const auto deadline = std::chrono::steady_clock::now() + grace_;
        try {
            co_await with_deadline(interrupts.next(), deadline);
        } catch (const DeadlineExceeded&) {
            print_progress("trommel: the round is rolled back\n");
        }
    }

    milliseconds grace_;
    std::stop_source& drain_;
    asio::cancellation_signal& stop_;
};

}  // namespace

RunResult run_interruptibly(
    const std::string& grace,
    const std::function<asio::awaitable<RunResult>(std::stop_token drain)>& work) {
    asio::io_context loop(1);
    asio::cancellation_signal stop;
    std::stop_source drain;
    asio::cancellation_signal no_more_signals;
    Watch watch(parse_grace(grace), drain, stop);
    asio::co_spawn(
        loop,
        watch.run(loop.get_executor()),
        asio::bind_cancellation_slot(no_more_signals.slot(), [](const std::exception_ptr&) {}));

    std::optional<RunResult> result;
    std::exception_ptr failure;
    const auto keep = [&]() -> asio::awaitable<void> { result = co_await work(drain.get_token()); };
    asio::co_spawn(
        loop, keep(), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error) {
            failure = std::move(error);
            no_more_signals.emit(asio::cancellation_type::terminal);
        }));
    loop.run();  // until both have ended
    if (is_cancellation(failure)) throw Interrupted("nothing has begun");
    if (failure) std::rethrow_exception(failure);
    return *std::move(result);
}

}  // namespace trommel::cli
