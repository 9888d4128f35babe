#include "trommel/runtime/process.hpp"

#include "runtime/process_child.hpp"
#include "trommel/runtime/nursery.hpp"

#include <asio/this_coro.hpp>
#include <fmt/format.h>
#include <string.h>  // NOLINT(modernize-deprecated-headers): glibc has sigdescr_np here

namespace trommel {
namespace {

asio::awaitable<void> feed_to_end(Process& process, ProcessTalk& feed) {
    if (feed) {
        co_await feed(process);
    }
    process.close_input();
}

asio::awaitable<void> feed_while_running(Process& process, ProcessTalk& feed) {
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(feed_to_end(process, feed));
        (void)co_await process.wait();
        nursery.cancel();
    };
    co_await with_nursery(std::move(body));
}

asio::awaitable<void> consume_to_end(Process& process, ProcessTalk& consume) {
    if (consume) {
        co_await consume(process);
    }
    process.close_output();
}

asio::awaitable<void> converse(Process& process, ProcessTalk& feed, ProcessTalk& consume) {
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(feed_while_running(process, feed));
        co_await consume_to_end(process, consume);
    };
    co_await with_nursery(std::move(body));
}

}  // namespace

std::string to_text(const ExitStatus& status) {
    std::string text = fmt::format("exited with code {}", status.code);
    if (status.code == ExitStatus::unknown)
        text =
            "ended, and how is unknown, because its end was not ours to see; start trommel with "
            "SIGCHLD at its default";
    if (status.signal != 0)
        text =
            fmt::format("was ended by signal {} ({})", status.signal, ::sigdescr_np(status.signal));
    if (!status.errors.empty()) text += ": " + status.errors;
    return text;
}

Process::Process(const asio::any_io_executor& executor, const ProcessSpec& spec)
    : child_(std::make_shared<Child>(executor, spec)) {
    child_->watch();
}

Process::~Process() {
    child_->close_input();
    child_->close_output();
    child_->terminate();
}

int Process::id() const { return child_->id(); }

asio::awaitable<SendStatus> Process::write(std::string bytes) {
    return child_->write(std::move(bytes));
}

void Process::close_input() { child_->close_input(); }

asio::awaitable<std::optional<std::string>> Process::read_line() { return child_->read_line(); }

bool Process::has_line() const { return child_->has_line(); }

void Process::close_output() { child_->close_output(); }

void Process::terminate() { child_->terminate(); }

asio::awaitable<ExitStatus> Process::wait() { return child_->wait(); }

asio::awaitable<ExitStatus> run_process(ProcessSpec spec, ProcessTalk feed, ProcessTalk consume) {
    const auto executor = co_await asio::this_coro::executor;
    Process process(executor, spec);
    std::exception_ptr error;
    try {
        co_await converse(process, feed, consume);
    } catch (...) {
        error = std::current_exception();
        process.terminate();
    }
    // Also a cancelled caller waits until the program is gone.
    co_await asio::this_coro::throw_if_cancelled(false);
    ExitStatus status = co_await process.wait();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (error) std::rethrow_exception(error);
    co_return status;
}

}  // namespace trommel
