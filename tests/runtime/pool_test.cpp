#include "support/run.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace trommel {
namespace {

int add(int a, int b) { return a + b; }

TEST_CASE("work on the pool gives its result on the caller's loop", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(1);
    const auto loop_thread = std::this_thread::get_id();
    std::thread::id work_thread;
    const auto work = [&](int a, int b) {
        work_thread = std::this_thread::get_id();
        return a + b;
    };
    auto body = [&]() -> asio::awaitable<int> {
        const int sum = co_await on_cpu(pool, work, 40, 2);
        if (std::this_thread::get_id() != loop_thread) throw std::logic_error("wrong thread");
        co_return sum;
    };

    CHECK(run(loop, body()) == 42);
    CHECK(work_thread != loop_thread);
}

TEST_CASE("an exception on the pool reaches the caller", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(1);
    const auto work = [](int) -> int { throw DataError("row 3 has no columns"); };

    CHECK_THROWS_AS(run(loop, on_cpu(pool, work, 1)), DataError);
}

TEST_CASE("work may return nothing", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(1);
    std::vector<int> numbers{3, 1, 2};
    const auto work = [](std::vector<int>& out) { out.push_back(4); };

    run(loop, on_cpu(pool, work, std::ref(numbers)));

    CHECK(numbers == std::vector{3, 1, 2, 4});
}

TEST_CASE("arguments and results may be of types that only move", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(1);
    const auto twice = [](std::unique_ptr<int> value) { return std::make_unique<int>(*value * 2); };

    const auto result = run(loop, on_cpu(pool, twice, std::make_unique<int>(21)));

    CHECK(*result == 42);
}

asio::awaitable<void> note_error(asio::awaitable<int> work, std::exception_ptr& error) {
    try {
        (void)co_await std::move(work);
    } catch (...) {
        error = std::current_exception();
    }
}

TEST_CASE("cancelling stops work that takes a stop token and discards its result", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(1);
    std::promise<void> begun;
    const auto work = [&](const std::stop_token& stop, int step) {
        begun.set_value();
        int steps = 0;
        while (!stop.stop_requested()) steps += step;
        return steps;
    };
    std::exception_ptr error;
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(note_error(on_cpu(pool, work, 1), error));
        begun.get_future().wait();
        nursery.cancel();
        co_return;
    };

    run(loop, with_nursery(std::move(body)));

    CHECK(is_cancellation(error));
}

asio::awaitable<void> note_result(asio::awaitable<int> work, int& result) {
    const int value = co_await std::move(work);
    result = value;
}

TEST_CASE("work without a stop token ends before its cancelled caller goes on", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(1);
    std::promise<void> begun;
    std::promise<void> go_on;
    const auto work = [&](int value) {
        begun.set_value();
        go_on.get_future().wait();
        return value;
    };
    int result = 0;
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(note_result(on_cpu(pool, work, 7), result));
        begun.get_future().wait();
        nursery.cancel();
        go_on.set_value();
        co_return;
    };

    run(loop, with_nursery(std::move(body)));

    CHECK(result == 7);
}

TEST_CASE("work that was cancelled before it began is not begun", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(1);
    std::promise<void> go_on;
    std::atomic<bool> ran = false;
    const auto block = [&](int value) {
        go_on.get_future().wait();
        return value;
    };
    const auto work = [&](int value) {
        ran = true;
        return value;
    };
    std::exception_ptr error;
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(note_error(on_cpu(pool, block, 1), error));
        nursery.start(note_error(on_cpu(pool, work, 1), error));
        nursery.cancel();
        go_on.set_value();
        co_return;
    };

    run(loop, with_nursery(std::move(body)));

    CHECK(!ran);
    CHECK(is_cancellation(error));
}

asio::awaitable<int> sum_of_many(CpuPool& pool) {
    std::vector<int> sums(200);
    auto each = [&](int i) -> asio::awaitable<void> {
        const int sum = co_await on_cpu(pool, add, i, i);
        sums[static_cast<std::size_t>(i)] = sum;
    };
    auto body = [&](Nursery& nursery) -> asio::awaitable<void> {
        for (int i = 0; i < 200; ++i) nursery.start(each(i));
        co_return;
    };
    co_await with_nursery(std::move(body));
    co_return std::accumulate(sums.begin(), sums.end(), 0);
}

TEST_CASE("many coroutines share a pool of two threads", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(2);

    CHECK(run(loop, sum_of_many(pool)) == 2 * 199 * 200 / 2);
}

TEST_CASE("a pool that is destroyed waits for its jobs", "[runtime]") {
    std::atomic<int> done = 0;
    {
        CpuPool cpu(1);
        IoPool io(1);
        for (int i = 0; i < 100; ++i) {
            cpu.post([&] { ++done; });
            io.post([&] { ++done; });
        }
    }
    CHECK(done == 200);
}

TEST_CASE("parallel_for covers every index once and rethrows", "[runtime]") {
    asio::io_context loop(1);
    CpuPool pool(2);
    std::vector<std::atomic<int>> visits(1000);
    const auto visit_all = [&] {
        parallel_for(visits.size(), 10, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) ++visits[i];
        });
    };
    const auto fail = [] {
        parallel_for(10, 1, [](std::size_t, std::size_t) { throw DataError("bad row"); });
    };

    run(loop, on_cpu(pool, visit_all));

    CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& count) { return count == 1; }));
    CHECK_THROWS_AS(run(loop, on_cpu(pool, fail)), DataError);
}

TEST_CASE("blocking work goes to the io pool under the same contract", "[runtime]") {
    asio::io_context loop(1);
    IoPool pool;
    const auto fail = [](std::string path) -> std::string { throw Error("no file " + path); };

    CHECK(run(loop, on_io(pool, add, 1, 2)) == 3);
    CHECK_THROWS_WITH(run(loop, on_io(pool, fail, std::string("a.csv"))), "no file a.csv");
}

}  // namespace
}  // namespace trommel
