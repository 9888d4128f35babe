// selecting DATABASE SAMPLES PICKS KEEP_EVERY_MS: CORESET on an embedded platform, in a process
// that a test may kill. Called again it goes on with what it finds.
//
// Prints `kept N`, the picks in the store when it begins; `progress N of M` whenever there are
// more; and in the end `pick SAMPLE` for each, in the order of choosing.
#include "platform/long_selection.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <cstdio>
#include <exception>
#include <string>

namespace trommel::test {

namespace {

asio::awaitable<DatasetId> make_dataset(Platform& platform, std::size_t samples) {
    const auto found = co_await platform.find_dataset("points");
    if (found && found->sample_count == samples) {
        const auto embeddings = co_await platform.embeddings(found->id);
        if (!embeddings.empty()) co_return found->id;
    }
    DatasetId dataset;
    if (found)
        dataset = found->id;
    else
        dataset = co_await platform.create_dataset("points");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < samples; ++i) names.push_back(std::to_string(i));
    co_await platform.add_samples(dataset, std::move(names));
    const auto initial = co_await platform.find_tag(dataset, "initial-tag");
    if (!initial) co_await platform.create_initial_tag(dataset);
    auto rows = std::make_shared<const Matrix>(random_points(samples));
    co_await platform.upload_embeddings(dataset, "points", std::move(rows));
    co_return dataset;
}

asio::awaitable<void> follow(Platform& platform, JobId job) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    std::size_t shown = 0;
    for (;;) {
        const JobStatus status = co_await platform.job(job);
        if (status.state == JobState::failed) throw Error(status.error);
        if (status.state == JobState::finished) co_return;
        if (status.progress.picks > shown) {
            shown = status.progress.picks;
            std::printf("progress %zu of %zu\n", shown, status.progress.wanted.value_or(0));
            std::fflush(stdout);
        }
        timer.expires_after(status.poll_after);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> select(Platform& platform, std::size_t samples, std::size_t picks) {
    SamplingRequest request;
    request.dataset = co_await make_dataset(platform, samples);
    request.new_tag_name = "chosen";
    request.samples = picks;
    request.key = "the only one";
    const JobId job = co_await platform.sample(std::move(request));
    co_await follow(platform, job);
    const auto chosen = co_await platform.picks(job);
    for (const auto& pick : chosen) std::printf("pick %u\n", pick.sample);
}

void run_all(const std::string& database,
             std::size_t samples,
             std::size_t picks,
             std::chrono::milliseconds keep_every) {
    asio::io_context loop(1);
    CpuPool cpu(1);
    auto store = store::open_sqlite(database);
    std::size_t kept = 0;
    for (const auto& job : store->unfinished_jobs()) kept += store->job(job)->picks;
    std::printf("kept %zu\n", kept);
    EmbeddedPlatform platform(loop.get_executor(), std::move(store), cpu, keep_every);
    std::exception_ptr failure;
    try {
        run(loop, select(platform, samples, picks));
    } catch (...) {
        failure = std::current_exception();
    }
    run(loop, platform.close());
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

}  // namespace trommel::test

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    try {
        trommel::test::run_all(argv[1],
                               std::stoul(argv[2]),
                               std::stoul(argv[3]),
                               std::chrono::milliseconds(std::stol(argv[4])));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
