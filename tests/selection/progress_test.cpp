// Selections that are cut off anywhere and go on from there, and how fast they stop.
#include "selection/pools.hpp"
#include "trommel/core/error.hpp"
#include "trommel/selection/select.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

namespace trommel::selection {

namespace {

using Picks = std::vector<Pick>;

/// Few values, so that there are many ties and copies; every fifth sample is preselected.
OwnedPool rough_pool() {
    Random random(4, 1, "rough pool");
    auto pool = pool_of(Matrix(80, 19));
    for (float& x : pool.embeddings.values()) x = 0.1f * static_cast<float>(random.below(3));
    for (double& score : pool.scores) score = random.uniform();
    for (SampleIndex sample = 0; sample < 80; sample += 5) pool.preselected.push_back(sample);
    return pool;
}

Picks go_on(std::string_view method, const Pool& pool, const Stop& stop, Progress progress) {
    return select(method, pool, stop, Random(1, 1, "sample"), progress);
}

/// To the last bit.
bool same(const Picks& a, const Picks& b) {
    return std::ranges::equal(a, b, [](const Pick& one, const Pick& other) {
        return one.sample == other.sample && one.score == other.score &&
               one.distance == other.distance;
    });
}

void check_every_cut(std::string_view method, const Pool& pool, const Stop& stop) {
    const auto whole = select(method, pool, stop);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        const auto made = std::span(whole).first(cut);
        Picks reported;
        const auto follow = [&](const Pick& pick) { reported.push_back(pick); };

        const auto picks = go_on(method, pool, stop, {.made = made, .picked = follow});

        INFO(method << " cut after " << cut << " of " << whole.size());
        REQUIRE(same(picks, whole));
        REQUIRE(same(reported, Picks(whole.begin() + static_cast<long>(cut), whole.end())));
    }
}

/// Selects until `count` picks were reported, then stops; what was reported.
Picks stopped_after(std::size_t count, std::string_view method, const Pool& pool) {
    std::stop_source stop;
    Picks reported;
    const auto follow = [&](const Pick& pick) {
        reported.push_back(pick);
        if (reported.size() == count) stop.request_stop();
    };
    const Progress progress{.picked = follow, .cancelled = stop.get_token()};
    CHECK_THROWS_AS(go_on(method, pool, {}, progress), Interrupted);
    return reported;
}

/// How long it takes to stop a selection that another thread asks to, from its first pick on.
std::chrono::milliseconds time_to_stop(std::string_view method, const Pool& pool) {
    using Clock = std::chrono::steady_clock;
    std::stop_source stop;
    std::jthread asking;
    Clock::time_point asked;
    const auto follow = [&](const Pick&) {
        if (asking.joinable()) return;
        asking = std::jthread([&] {
            asked = Clock::now();
            stop.request_stop();
        });
    };
    const Progress progress{.picked = follow, .cancelled = stop.get_token()};
    CHECK_THROWS_AS(go_on(method, pool, {}, progress), Interrupted);
    asking.join();
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - asked);
}

void check_refused(const Picks& made, std::string_view method, const std::string& why) {
    const auto pool = pool_of({{0}, {1}, {2}, {3}});
    CHECK_THROWS_WITH(go_on(method, pool, {.picks = 3}, {.made = made}), Catch::Contains(why));
    CHECK_THROWS_AS(go_on(method, pool, {.picks = 3}, {.made = made}), DataError);
}

}  // namespace

TEST_CASE("a selection that goes on from any cut picks what it would have picked", "[selection]") {
    const auto pool = rough_pool();
    for (const auto method : all_methods) {
        check_every_cut(method, pool, {});
        check_every_cut(method, pool, {.picks = 9});
        check_every_cut(method, pool, {.min_distance = 0.35});
    }
}

TEST_CASE("a selection goes on where nothing is preselected and all distances are new",
          "[selection]") {
    auto pool = rough_pool();
    pool.preselected.clear();
    for (const auto method : all_methods) check_every_cut(method, pool, {});
}

TEST_CASE("a pool larger than what is done at once goes on alike", "[selection]") {
    Random random(5, 1, "wide pool");
    auto pool = pool_of(Matrix(150, 1500));
    for (float& x : pool.embeddings.values()) x = static_cast<float>(random.uniform());
    check_every_cut("coreset", pool, {.picks = 12});
    check_every_cut("coral", pool, {.picks = 12});
}

TEST_CASE("the picks reported before a stop are the first of the selection", "[selection]") {
    const auto pool = rough_pool();
    for (const auto method : all_methods) {
        const auto whole = select(method, pool);
        const auto reported = stopped_after(7, method, pool);
        CHECK(reported.size() == 7);
        CHECK(same(go_on(method, pool, {}, {.made = reported}), whole));
    }
}

TEST_CASE("a selection that is asked to stop before it begins picks nothing", "[selection]") {
    std::stop_source stop;
    stop.request_stop();
    for (const auto method : all_methods) {
        bool picked = false;
        const auto follow = [&](const Pick&) { picked = true; };
        const Progress progress{.picked = follow, .cancelled = stop.get_token()};
        CHECK_THROWS_AS(go_on(method, rough_pool(), {}, progress), Interrupted);
        CHECK_FALSE(picked);
    }
}

TEST_CASE("a stop is answered in the middle of a pass", "[selection]") {
    // One pass takes hundreds of milliseconds where the compiler does not optimise. The best of
    // three, because a busy machine may keep the thread waiting as long.
    const auto pool = pool_of(Matrix(400'000, 64));
    auto best = time_to_stop("coreset", pool);
    for (int i = 0; i < 2; ++i) best = std::min(best, time_to_stop("coreset", pool));
    CHECK(best < std::chrono::milliseconds(100));
}

TEST_CASE("picks that cannot be of this selection are refused", "[selection]") {
    check_refused({{.sample = 9}}, "coreset", "sample 9 was picked before");
    check_refused({{.sample = 2}, {.sample = 2}}, "coreset", "but twice");
    check_refused({{.sample = 0}, {.sample = 1}, {.sample = 2}, {.sample = 3}},
                  "coral",
                  "4 picks were made before, but there are 3 to make");
    check_refused({{.sample = 3}}, "active_learning", "pick 1 was sample 3 before");

    auto pool = pool_of({{0}, {1}});
    pool.preselected = {1};
    const Picks made{{.sample = 1}};
    CHECK_THROWS_WITH(go_on("coreset", pool, {}, {.made = made}),
                      Catch::Contains("is not to choose from"));
}

}  // namespace trommel::selection
