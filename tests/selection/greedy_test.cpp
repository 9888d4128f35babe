// The engine against the plain greedy: the same picks, distances and nearest samples to the last
// bit, whatever it is made to do in between.
#include "selection/parallel.hpp"
#include "selection/plain_greedy.hpp"
#include "selection/request.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

namespace trommel::selection {

namespace {

using Picks = std::vector<Pick>;
using Use = Tuning::Use;

bool same(const Picks& a, const Picks& b) {
    return std::ranges::equal(a, b, [](const Pick& one, const Pick& other) {
        return one.sample == other.sample && one.score == other.score &&
               one.distance == other.distance && one.nearest == other.nearest;
    });
}

/// What can be odd about embeddings.
enum class Kind { uniform, levels, copies, zeros, subnormal, huge, outliers, count };

float value_of(Kind kind, Random& random) {
    const auto uniform = static_cast<float>(random.uniform() - 0.5);
    switch (kind) {
        case Kind::levels:
            return 0.1F * static_cast<float>(random.below(3));
        case Kind::zeros:
            return random.below(3) == 0 ? uniform : 0.0F;
        case Kind::subnormal:
            return uniform * 1e-21F;  // squares are subnormal, sums of them as well
        case Kind::huge:
            return uniform * 1e18F;
        case Kind::outliers:
            return random.below(50) == 0 ? uniform * 1e4F : uniform;
        default:
            return uniform;
    }
}

Matrix random_embeddings(Kind kind, std::size_t samples, std::size_t dimensions, Random& random) {
    Matrix embeddings(samples, dimensions);
    for (float& x : embeddings.values()) x = value_of(kind, random);
    if (kind != Kind::copies) return embeddings;
    for (std::size_t i = 1; i < samples; ++i) {
        if (random.below(2) == 0)
            std::ranges::copy(embeddings.row(random.below(i)), embeddings.row(i).begin());
    }
    return embeddings;
}

/// A quarter of the samples are not candidates, some are preselected, scores have few levels or
/// many.
OwnedPool random_pool(Kind kind, std::size_t samples, std::size_t dimensions, Random& random) {
    OwnedPool pool{.embeddings = random_embeddings(kind, samples, dimensions, random)};
    const bool is_seeded = random.below(2) == 0;
    const bool has_levels = random.below(2) == 0;
    for (SampleIndex sample = 0; sample < samples; ++sample) {
        if (is_seeded && random.below(4) == 0) pool.preselected.push_back(sample);
        if (random.below(4) == 0) continue;
        pool.candidates.push_back(sample);
        const double score = random.uniform();
        pool.scores.push_back(has_levels ? std::floor(score * 4) / 4 : score);
    }
    return pool;
}

constexpr std::size_t widths[] = {1, 2, 3, 7, 16, 17, 33, 64, 100, 130};

/// Some hundred pools, in turn of every kind and width.
template <typename Check>
void for_random_pools(std::size_t most_samples, const Check& check) {
    Random random(11, 1, "greedy");
    for (int kind = 0; kind < static_cast<int>(Kind::count); ++kind) {
        for (const auto width : widths) {
            const auto samples = 1 + random.below(most_samples);
            const auto pool = random_pool(static_cast<Kind>(kind), samples, width, random);
            INFO("kind " << kind << ", " << samples << " samples of " << width);
            check(pool, random);
        }
    }
}

std::vector<Tuning> tunings() {
    std::vector<Tuning> all;
    for (const auto* kernels : all_kernels()) {
        for (const auto codes : {Use::always, Use::never}) {
            for (const auto neighbors : {Use::always, Use::never})
                all.push_back({.kernels = kernels, .codes = codes, .neighbors = neighbors});
        }
        all.push_back({.kernels = kernels, .blocks = Use::always});
    }
    all.push_back({.pool = 1});
    all.push_back({.pool = 3, .codes = Use::always, .neighbors = Use::always});
    all.push_back({});
    return all;
}

Picks engine(std::string_view method,
             const Pool& pool,
             const Stop& stop,
             const Objective& objective,
             const Tuning& tuning,
             std::span<const Pick> made = {}) {
    return pick_farthest({.pool = pool,
                          .stop = stop,
                          .random = Random(1, 1, "sample"),
                          .progress = {.made = made},
                          .options = {.objective = objective}},
                         method == "coral",
                         tuning);
}

constexpr std::string_view greedy_methods[] = {"coreset", "coral"};

}  // namespace

TEST_CASE("every way of working picks what the plain greedy picks", "[selection]") {
    for_random_pools(120, [](const OwnedPool& pool, Random& random) {
        for (const auto method : greedy_methods) {
            const Stop stop{.picks = 1 + random.below(130)};
            const auto expected = plain_greedy(method, pool, stop);
            for (const auto& tuning : tunings()) {
                INFO(tuning.kernels->name << " codes " << static_cast<int>(tuning.codes)
                                          << " neighbors " << static_cast<int>(tuning.neighbors)
                                          << " blocks " << static_cast<int>(tuning.blocks)
                                          << " pool " << tuning.pool);
                REQUIRE(same(engine(method, pool, stop, {}, tuning), expected));
            }
        }
    });
}

TEST_CASE("the picks do not depend on the number of threads", "[selection]") {
    for_random_pools(400, [](const OwnedPool& pool, Random&) {
        for (const auto method : greedy_methods) {
            const auto expected = plain_greedy(method, pool, {.picks = 40});
            for (const unsigned threads : {1U, 2U, 8U}) {
                with_threads(threads, [&] {
                    for (const Tuning& tuning : {Tuning{.pool = 16}, Tuning{.blocks = Use::always}})
                        REQUIRE(same(engine(method, pool, {.picks = 40}, {}, tuning), expected));
                });
            }
        }
    });
}

TEST_CASE("min_distance stops the engine where it stops the plain greedy", "[selection]") {
    for_random_pools(90, [](const OwnedPool& pool, Random& random) {
        for (const auto method : greedy_methods) {
            const auto all = plain_greedy(method, pool);
            if (all.empty()) continue;
            // At a pick's own distance, just above it, and between.
            const double at = all[random.below(all.size())].distance.value_or(1);
            for (const double distance : {at, at * (1 + 1e-15), at * 1.01}) {
                const Stop stop{.min_distance = distance};
                const auto expected = plain_greedy(method, pool, stop);
                REQUIRE(same(engine(method, pool, stop, {}, {.pool = 5}), expected));
                REQUIRE(same(engine(method, pool, stop, {}, {.codes = Use::always}), expected));
                REQUIRE(same(engine(method, pool, stop, {}, {.blocks = Use::always}), expected));
            }
        }
    });
}

TEST_CASE("a selection in parts picks what it picks at once", "[selection]") {
    for_random_pools(100, [](const OwnedPool& pool, Random& random) {
        for (const auto method : greedy_methods) {
            const auto whole = engine(method, pool, {}, {}, {});
            const auto made = std::span(whole).first(random.below(whole.size() + 1));
            REQUIRE(same(engine(method, pool, {}, {}, {.pool = 9}, made), whole));
            REQUIRE(same(engine(method, pool, {}, {}, {.blocks = Use::always}, made), whole));
        }
    });
}

TEST_CASE("objectives are combined as the plain greedy combines them", "[selection]") {
    using enum Combination;
    const Objective objectives[] = {
        {.combination = product, .diversity_strength = 2, .score_strength = 1},
        {.combination = product, .diversity_strength = 1, .score_strength = 3},
        {.combination = sum},
        {.combination = sum, .diversity_strength = 0.5, .score_strength = -2},
        {.combination = cumulative_product},
        {.combination = cumulative_product, .diversity_strength = 2, .score_strength = 0.5},
    };
    for_random_pools(70, [&](const OwnedPool& pool, Random& random) {
        const Stop stop{.picks = 1 + random.below(70)};
        for (const auto& objective : objectives) {
            INFO("combination " << static_cast<int>(objective.combination));
            const auto expected = plain_greedy("coral", pool, stop, objective);
            for (const Tuning& tuning :
                 {Tuning{.pool = 2}, Tuning{}, Tuning{.blocks = Use::always}}) {
                REQUIRE(same(engine("coral", pool, stop, objective, tuning), expected));
            }
        }
    });
}

TEST_CASE("thousands of candidates are picked from as the plain greedy does", "[selection]") {
    Random random(12, 1, "greedy");
    for (const auto kind : {Kind::uniform, Kind::levels, Kind::copies}) {
        const auto pool = pool_of(random_embeddings(kind, 5000, 9, random));
        const auto expected = plain_greedy("coreset", pool, {.picks = 90});
        for (const auto& tuning : tunings()) {
            if (tuning.pool == 1) continue;
            REQUIRE(same(engine("coreset", pool, {.picks = 90}, {}, tuning), expected));
        }
    }
}

TEST_CASE("many preselected samples are taken into account", "[selection]") {
    Random random(13, 1, "greedy");
    for (const auto kind : {Kind::uniform, Kind::levels}) {
        auto pool = pool_of(random_embeddings(kind, 5000, 5, random));
        for (SampleIndex sample = 0; sample < 5000; sample += 11)
            pool.preselected.push_back(sample);
        const auto expected = plain_greedy("coreset", pool, {.picks = 20});
        for (const auto& tuning : tunings())
            REQUIRE(same(engine("coreset", pool, {.picks = 20}, {}, tuning), expected));
    }
}

TEST_CASE("the engine goes on from its state round after round", "[selection]") {
    for_random_pools(150, [](const OwnedPool& pool, Random& random) {
        if (pool.candidates.empty()) return;
        const Candidates candidates{Rows(pool.embeddings), pool.candidates};
        const auto extend = [](Greedy& greedy, std::size_t count, std::vector<Place>& places) {
            greedy.extend(count, 0, [&](const Greedy::Choice& choice) {
                places.push_back(choice.place);
                return true;
            });
        };
        std::vector<Place> at_once;
        Greedy one(candidates, {}, {}, {.pool = 7});
        one.choose(pool.candidates.front());
        extend(one, 60, at_once);

        for (const Tuning& tuning :
             {Tuning{.pool = 3, .codes = Use::always}, Tuning{.pool = 3, .blocks = Use::always}}) {
            std::vector<Place> in_rounds;
            Greedy other(candidates, {}, {}, tuning);
            other.choose(pool.candidates.front());
            while (in_rounds.size() < at_once.size()) {
                const auto left = at_once.size() - in_rounds.size();
                extend(other, 1 + random.below(left), in_rounds);
            }
            REQUIRE(in_rounds == at_once);
        }
    });
}

TEST_CASE("samples that are chosen elsewhere between two rounds count", "[selection]") {
    Random random(14, 1, "greedy");
    const auto pool = pool_of(random_embeddings(Kind::uniform, 400, 6, random));
    for (const auto blocks : {Use::never, Use::always}) {
        Greedy greedy({Rows(pool.embeddings), pool.candidates}, {}, {}, {.blocks = blocks});
        std::vector<SampleIndex> picked;
        const auto take = [&](const Greedy::Choice& choice) {
            picked.push_back(choice.place);
            return true;
        };
        greedy.choose(0);
        greedy.extend(20, 0, take);
        greedy.choose(333);
        greedy.extend(20, 0, take);

        auto later = pool;
        later.preselected = {0, 333};
        later.preselected.insert(later.preselected.end(), picked.begin(), picked.begin() + 20);
        std::ranges::sort(later.preselected);
        const auto expected = plain_greedy("coreset", later, {.picks = 20});
        CHECK(std::ranges::equal(std::span(picked).subspan(20), samples(expected)));
    }
}

TEST_CASE("CORESET begins where it is told to", "[selection]") {
    const auto pool = pool_of({{0}, {1}, {4}, {9}, {10}});
    const auto first = [&](FirstPick pick) {
        return engine("coreset", pool, {.picks = 1}, {.first = pick}, {})[0].sample;
    };
    CHECK(first(FirstPick::first) == 0);
    CHECK(first(FirstPick::centroid) == 2);
    CHECK(first(FirstPick::random) == first(FirstPick::random));
    const auto from = [&](SampleIndex sample) {
        return engine("coreset", pool, {.picks = 2}, {.first_sample = sample}, {});
    };
    CHECK(samples(from(3)) == std::vector<SampleIndex>{3, 0});
    CHECK_THROWS_WITH(from(7), Catch::Contains("sample 7 is to be picked first"));
}

TEST_CASE("embeddings of 16 bits are picked from as what they mean", "[selection]") {
    Random random(15, 1, "greedy");
    std::vector<std::uint16_t> halves(300 * 20);
    for (auto& half : halves) half = static_cast<std::uint16_t>(0x3000 + random.below(0x1000));
    for (const auto& [precision, width] :
         {std::pair{Precision::f16, 20}, {Precision::bf16, 20}, {Precision::f16, 11}}) {
        const auto dimensions = static_cast<std::size_t>(width);
        const Rows rows(halves.data(), 300, dimensions, precision);
        Matrix widened(300, dimensions);
        for (std::size_t i = 0; i < 300; ++i) {
            std::vector<float> room(dimensions);
            std::ranges::copy_n(
                single(rows, i, portable_kernels, room.data()), width, widened.row(i).begin());
        }
        const auto pool = pool_of(widened);
        const auto expected = plain_greedy("coreset", pool, {.picks = 50});
        const Pool mapped{.candidates = pool.candidates, .rows = rows};
        for (const auto& tuning : tunings())
            REQUIRE(same(engine("coreset", mapped, {.picks = 50}, {}, tuning), expected));
    }
}

TEST_CASE("many picks of few dimensions are what the plain greedy picks", "[selection]") {
    Random random(16, 1, "greedy");
    for (const std::size_t width : {1, 2, 4, 5, 8, 12, 16}) {
        for (const auto kind : {Kind::uniform, Kind::levels, Kind::copies}) {
            const auto pool = pool_of(random_embeddings(kind, 3000, width, random));
            const auto expected = plain_greedy("coreset", pool, {.picks = 600});
            REQUIRE(same(engine("coreset", pool, {.picks = 600}, {}, {}), expected));
        }
    }
}

TEST_CASE("strengths that make no sense are refused", "[selection]") {
    auto pool = pool_of({{0}, {1}});
    const auto pick = [&](const Objective& objective) {
        return engine("coral", pool, {}, objective, {});
    };
    CHECK_THROWS_WITH(pick({.diversity_strength = 0}), Catch::Contains("one above 0"));
    CHECK_THROWS_WITH(pick({.score_strength = std::nan("")}), Catch::Contains("not a number"));
    pool.scores = {0, 1};
    CHECK_THROWS_WITH(pick({.score_strength = -1}), Catch::Contains("a score is 0"));
    CHECK_NOTHROW(pick({.combination = Combination::sum, .score_strength = -1}));
}

}  // namespace trommel::selection
