#include "bench/figure.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/random.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <stdexcept>

namespace trommel::bench {
namespace {

constexpr std::size_t samples = 20'000;
constexpr std::size_t picks = 6'000;

asio::awaitable<void> select(Platform& platform) {
    SamplingRequest request;
    request.dataset = co_await platform.create_dataset("bench");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < samples; ++i) names.push_back(std::to_string(i));
    co_await platform.add_samples(request.dataset, std::move(names));
    co_await platform.create_initial_tag(request.dataset);
    auto rows = std::make_shared<Matrix>(samples, 64);
    Random random(1, 0, "bench");
    for (float& value : rows->values()) value = static_cast<float>(random.uniform());
    co_await platform.upload_embeddings(request.dataset, "rows", rows);
    request.new_tag_name = "chosen";
    request.samples = picks;
    const JobId job = co_await platform.sample(std::move(request));
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        const JobStatus status = co_await platform.job(job);
        if (status.state == JobState::finished) co_return;
        if (status.state == JobState::failed) throw std::runtime_error(status.error);
        timer.expires_after(status.poll_after);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

/// A whole selection, which keeps its picks every `keep_every`.
double selecting(std::chrono::milliseconds keep_every) {
    const test::TempDir folder;
    asio::io_context loop(1);
    CpuPool cpu(1);
    EmbeddedPlatform platform(
        loop.get_executor(), store::open_sqlite(folder / "bench.db"), cpu, keep_every);
    const double took = seconds([&] { run(loop, select(platform)); }, 1);
    run(loop, platform.close());
    return took;
}

}  // namespace

/// CORESET of 6,000 out of 20,000 samples of 64 dimensions, whose picks are kept every second.
void run_platform_bench() {
    const double without = selecting(std::chrono::hours(24));
    const double with = selecting(std::chrono::seconds(1));
    print("platform.kept_coreset_20k_x_64", with, "s", with / without, "the same, nothing kept");
    const double always = selecting(std::chrono::milliseconds(0));
    print(
        "platform.kept_coreset_each_pick", always, "s", always / without, "the same, nothing kept");
}

}  // namespace trommel::bench
