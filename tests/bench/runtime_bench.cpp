#include "bench/figure.hpp"
#include "trommel/runtime/channel.hpp"
#include "trommel/runtime/on_cpu.hpp"
#include "trommel/runtime/run.hpp"

#include <asio/io_context.hpp>

#include <deque>

namespace trommel::bench {
namespace {

constexpr int items = 400'000;
constexpr int hops = 20'000;

asio::awaitable<void> send_all(Channel<int>& channel) {
    for (int i = 0; i < items; ++i) co_await channel.send(i);
    channel.close();
}

asio::awaitable<void> through_channel(asio::io_context& loop) {
    Channel<int> channel(loop.get_executor(), {.count = 64});
    asio::co_spawn(loop, send_all(channel), [](const std::exception_ptr&) {});
    while (auto item = co_await channel.receive()) continue;
}

int nothing() { return 0; }

asio::awaitable<void> hop_all(CpuPool& cpu) {
    for (int i = 0; i < hops; ++i) co_await on_cpu(cpu, nothing);
}

}  // namespace

void run_runtime_bench() {
    const double channel = seconds([] {
        asio::io_context loop(1);
        run(loop, through_channel(loop));
    });
    const double queue = seconds([] {
        std::deque<int> plain;
        long sum = 0;
        for (int i = 0; i < items; ++i) {
            plain.push_back(i);
            sum += plain.front();
            plain.pop_front();
        }
        if (sum == 0) plain.push_back(0);
    });
    print("runtime.channel_item",
          channel / items * 1e9,
          "ns",
          channel / queue,
          "a std::deque without waiting");

    const double hop = seconds([] {
        asio::io_context loop(1);  // before the pool: the pool's jobs report to it
        CpuPool cpu(1);
        run(loop, hop_all(cpu));
    });
    print("runtime.on_cpu_hop",
          hop / hops * 1e6,
          "us",
          hop / hops / 5e-3,
          "the 5 ms that a round may cost");
}

}  // namespace trommel::bench
