// How fast strategies stop.
#include "selection/strategy_pools.hpp"
#include "trommel/core/error.hpp"

#include <chrono>
#include <thread>

namespace trommel::selection {

namespace {

using Clock = std::chrono::steady_clock;

/// From the request, `after` the selection began, to its end.
Clock::duration time_to_stop(const Strategy& strategy, Task task, std::chrono::milliseconds after) {
    std::stop_source stop;
    task.progress.cancelled = stop.get_token();
    Clock::time_point asked;
    std::jthread asking([&] {
        std::this_thread::sleep_for(after);
        asked = Clock::now();
        stop.request_stop();
    });
    try {
        select(strategy, task);
    } catch (const Interrupted&) {
    }
    const auto ended = Clock::now();
    asking.join();
    return ended - asked;
}

}  // namespace

TEST_CASE("every strategy stops within 100 ms, wherever it is", "[selection]") {
    const auto pool = random_pool(20'000, 32, 1);
    const Samples query{1, 2};
    const Task task{.pool = pool,
                    .stop = {.picks = 800},
                    .random = Random(1, 1, "x"),
                    .options = {.metric = Metric::cosine,
                                .radius = 0.1,
                                .query = query,
                                .goals = all_goals(pool),
                                .thresholds = {{.values = pool.scores, .least = 0.01}}}};
    for (const auto& strategy : strategies()) {
        auto mine = task;
        if (strategy.name == "deduplicate") mine.stop.min_distance = 0.01;
        for (const int after : {2, 20, 150}) {
            auto best = Clock::duration::max();
            for (int i = 0; i < 3 && best >= std::chrono::milliseconds(100); ++i) {
                best =
                    std::min(best, time_to_stop(strategy, mine, std::chrono::milliseconds(after)));
            }
            INFO(strategy.name << " after " << after << " ms");
            CHECK(best < std::chrono::milliseconds(100));
        }
    }
}

}  // namespace trommel::selection
