// Combined goals by the letter: every factor of every candidate anew for each pick.
#include "selection/strategy_pools.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>

namespace trommel::selection {

namespace {

using Kind = Goal::Kind;

class PlainProduct {
public:
    PlainProduct(const OwnedPool& pool, const std::vector<Goal>& goals)
        : pool_(pool), goals_(goals), chosen_(pool.preselected) {}

    Samples run(std::size_t count) {
        Samples picked;
        while (picked.size() < count) {
            std::optional<SampleIndex> best;
            double most = 0;
            for (const auto sample : pool_.candidates) {
                if (std::ranges::count(chosen_, sample) > 0) continue;
                const double mine = worth(sample);
                if (best && !(mine > most)) continue;
                best = sample;
                most = mine;
            }
            picked.push_back(*best);
            chosen_.push_back(*best);
        }
        return picked;
    }

private:
    double worth(SampleIndex sample) const {
        double result = 1;
        for (const auto& goal : goals_) result *= std::pow(value(goal, sample), goal.strength);
        return result;
    }

    double value(const Goal& goal, SampleIndex sample) const {
        switch (goal.kind) {
            case Kind::diversity: {
                double least = chosen_.empty() ? 1 : 1e300;
                for (const auto other : chosen_)
                    least = std::min(least, distance_of(pool_, sample, other));
                return least;
            }
            case Kind::weights:
                return goal.values[sample];
            case Kind::similarity: {
                double most = -1;
                for (const auto other : goal.query)
                    most = std::max(most, cosine_of(pool_, sample, other));
                return (1 + most) / 2;
            }
            case Kind::typicality: {
                std::vector<double> distances;
                for (const auto other : pool_.candidates) {
                    if (other != sample && std::ranges::count(pool_.preselected, other) == 0)
                        distances.push_back(distance_of(pool_, sample, other));
                }
                std::ranges::sort(distances);
                double sum = 0;
                for (std::size_t k = 0; k < 5; ++k) sum += distances[k];
                return 5 / sum;
            }
            case Kind::balance:
                return lack(goal.distribution, sample);
        }
        return 0;
    }

    double target(const Distribution& distribution, std::size_t category) const {
        if (distribution.target == Distribution::Target::uniform) return 1;
        if (distribution.target == Distribution::Target::given)
            return distribution.ratios[category];
        double sum = 0;
        for (const auto sample : pool_.candidates) sum += (*distribution.shares)(sample, category);
        return sum;
    }

    double lack(const Distribution& distribution, SampleIndex sample) const {
        const auto& shares = *distribution.shares;
        double all_targets = 0;
        double total = 0;
        for (std::size_t c = 0; c < shares.cols(); ++c) {
            all_targets += target(distribution, c);
            total += shares(sample, c);
        }
        double sum = 0;
        for (std::size_t c = 0; c < shares.cols() && total > 0; ++c) {
            double chosen = distribution.before.empty() ? 0 : distribution.before[c];
            for (const auto other : chosen_) chosen += shares(other, c);
            sum += shares(sample, c) / total *
                   (target(distribution, c) / all_targets / (chosen + 0.5));
        }
        return sum;
    }

    const OwnedPool& pool_;
    const std::vector<Goal>& goals_;
    Samples chosen_;
};

/// A category for each sample, the later the rarer; some have two, some none.
Probabilities random_shares(std::size_t count, std::size_t categories, Random& random) {
    Probabilities shares(count, categories);
    for (std::size_t i = 0; i < count; ++i) {
        const auto category = std::min(random.below(categories), random.below(categories));
        if (i % 13 != 5) shares(i, category) = 1 + static_cast<double>(i % 3);
        if (i % 7 == 3) shares(i, (category + 1) % categories) += 0.5;
    }
    return shares;
}

std::vector<double> random_values(std::size_t count, Random& random) {
    std::vector<double> values(count);
    for (double& value : values) value = 0.1 + 5 * random.uniform();
    return values;
}

Probabilities one_of_each(const std::vector<std::size_t>& categories, std::size_t count) {
    Probabilities shares(categories.size(), count);
    for (std::size_t i = 0; i < categories.size(); ++i) shares(i, categories[i]) = 1;
    return shares;
}

}  // namespace

TEST_CASE("combined picks the highest product of any goals, again and again", "[selection]") {
    const std::vector<std::vector<std::pair<Kind, double>>> mixes{
        {{Kind::diversity, 1}},
        {{Kind::diversity, 1}, {Kind::weights, 1}},
        {{Kind::diversity, 0.5}, {Kind::weights, -2}, {Kind::similarity, 3}},
        {{Kind::diversity, 2}, {Kind::typicality, -1}},
        {{Kind::weights, 1.5}, {Kind::weights, -0.5}},
        {{Kind::similarity, -1}},
        {{Kind::typicality, 1}, {Kind::weights, 0}},
        {{Kind::balance, 1}},
        {{Kind::balance, 1}, {Kind::weights, 2}},
        {{Kind::balance, 2}, {Kind::diversity, 1}},
        {{Kind::balance, -0.5}, {Kind::diversity, 0.7}, {Kind::weights, 1}},
        {{Kind::diversity, -1}, {Kind::weights, 2}},
        {{Kind::diversity, -0.5}, {Kind::balance, 1}, {Kind::typicality, 1}},
    };
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        auto pool = random_pool(90, 2 + seed, seed);
        Random random(seed, 3, "goals");
        if (seed % 2 == 1) pool.preselected = {2, 40, 41};
        const Samples query{3, 60};
        const auto values = random_values(90, random);
        const auto shares = random_shares(90, 4, random);
        for (const auto& mix : mixes) {
            std::vector<Goal> goals;
            for (const auto& [kind, strength] : mix) {
                goals.push_back({.kind = kind, .strength = strength});
                if (kind == Kind::weights) goals.back().values = values;
                if (kind == Kind::similarity) goals.back().query = query;
                if (kind != Kind::balance) continue;
                goals.back().distribution = {
                    .target = static_cast<Distribution::Target>(seed % 3),
                    .shares = &shares,
                    .ratios = {4, 3, 2, 1},
                    .before = seed == 5 ? std::vector<double>{0, 9, 0, 1} : std::vector<double>{}};
                // Where a sample has nothing and the strength is negative, all is infinite.
                if (strength < 0 && pool.preselected.empty()) goals.pop_back();
            }
            if (goals.empty()) continue;
            INFO("seed " << seed << ", mix " << &mix - mixes.data());
            CHECK(
                samples(pick("combined", pool, {.picks = 20}, {.neighbors = 5, .goals = goals})) ==
                PlainProduct(pool, goals).run(20));
        }
    }
}

TEST_CASE("combined diversity and weights are coral, and diversity alone is coreset",
          "[selection]") {
    const auto pool = random_pool(300, 5, 8);
    const Goal diversity{.kind = Kind::diversity};
    const Goal weights{.kind = Kind::weights, .values = pool.scores};
    const auto coral = pick("coral", pool, {.picks = 60});
    const auto both = pick("combined", pool, {.picks = 60}, {.goals = {diversity, weights}});
    CHECK(samples(both) == samples(coral));
    CHECK(both[30].distance == coral[30].distance);
    CHECK(both[30].score == coral[30].score);
    CHECK(samples(pick("combined", pool, {.picks = 60}, {.goals = {diversity}})) ==
          samples(pick("coreset", pool, {.picks = 60})));
}

TEST_CASE("combined is stopped by min_distance whatever its goals", "[selection]") {
    auto pool = pool_of({{0}, {10}, {10.5F}, {20}});
    const auto shares = one_of_each({0, 0, 1, 1}, 2);
    const Goal diversity{.kind = Kind::diversity};
    const Goal balance{.kind = Kind::balance, .distribution = {.shares = &shares}};
    CHECK(samples(pick("combined", pool, {.min_distance = 1}, {.goals = {diversity}})).size() == 3);
    CHECK(samples(pick("combined", pool, {.min_distance = 1}, {.goals = {diversity, balance}}))
              .size() == 3);
}

TEST_CASE("balance apportions as Sainte-Lague does", "[selection]") {
    std::vector<std::size_t> categories;
    for (std::size_t i = 0; i < 300; ++i) categories.push_back(i % 3);
    auto pool = random_pool(300, 2, 1);
    const auto shares = one_of_each(categories, 3);
    const auto counts = [&](Distribution distribution, std::size_t picks) {
        distribution.shares = &shares;
        const Goal goal{.kind = Kind::balance, .distribution = distribution};
        std::vector<std::size_t> result(3);
        for (const auto& pick : pick("balance", pool, {.picks = picks}, {.goals = {goal}}))
            ++result[categories[pick.sample]];
        return result;
    };
    using Target = Distribution::Target;
    using Counts = std::vector<std::size_t>;
    // 53, 24 and 23 votes in a hundred for 7 seats.
    CHECK(counts({.target = Target::given, .ratios = {53, 24, 23}}, 7) == Counts{3, 2, 2});
    CHECK(counts({.target = Target::given, .ratios = {7, 2, 1}}, 100) == Counts{70, 20, 10});
    CHECK(counts({.target = Target::uniform}, 99) == Counts{33, 33, 33});
    CHECK(counts({.target = Target::uniform, .before = {10, 0, 5}}, 15) == Counts{0, 10, 5});
    // Of the second category there is nothing left to choose.
    CHECK(counts({.target = Target::given, .ratios = {0, 1, 0}}, 120)[1] == 100);
}

TEST_CASE("balance of the input keeps its shares and counts what is preselected", "[selection]") {
    std::vector<std::size_t> categories(100, 0);
    for (std::size_t i = 0; i < 20; ++i) categories[5 * i] = 1;
    auto pool = random_pool(100, 2, 1);
    const auto shares = one_of_each(categories, 2);
    const Goal goal{.kind = Kind::balance,
                    .distribution = {.target = Distribution::Target::input, .shares = &shares}};
    const auto rare = [&] {
        const auto picks = pick("balance", pool, {.picks = 10}, {.goals = {goal}});
        return std::ranges::count_if(
            picks, [&](const Pick& pick) { return categories[pick.sample] == 1; });
    };
    CHECK(rare() == 2);
    pool.preselected = {1, 2, 3, 4, 6, 7, 8, 9, 11, 12};
    CHECK(rare() == 4);
}

TEST_CASE("thresholds leave out candidates before anything else uses them", "[selection]") {
    auto pool = random_pool(120, 4, 4);
    Random random(4, 3, "thresholds");
    const auto sharpness = random_values(120, random);
    const auto shares = random_shares(120, 3, random);
    const Threshold high{.values = pool.scores, .least = 0.3};
    const Threshold middling{.values = sharpness, .least = 1, .most = 4};
    auto some = pool;
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < 120; ++i) {
        if (pool.scores[i] >= 0.3 && sharpness[i] >= 1 && sharpness[i] <= 4) kept.push_back(i);
    }
    REQUIRE(kept.size() > 30);
    some.candidates.assign(kept.begin(), kept.end());
    some.scores.clear();
    some.probabilities = Probabilities(0, 4);
    Probabilities some_shares(0, 3);
    for (const auto i : kept) {
        some.scores.push_back(pool.scores[i]);
        some.probabilities.append_row(pool.probabilities.row(i));
        some_shares.append_row(shares.row(i));
    }
    const Samples query{1, 2};
    const auto goals = [&](const Probabilities& mine, std::span<const double> values) {
        return std::vector<Goal>{
            {.kind = Kind::balance, .distribution = {.shares = &mine}},
            {.kind = Kind::weights, .values = values},
            {.kind = Kind::diversity},
        };
    };
    for (const auto& strategy : strategies()) {
        INFO(strategy.name);
        const Stop stop{.picks = 10, .min_distance = strategy.name == "deduplicate" ? 0.01 : -1};
        const StrategyOptions options{
            .radius = 0.3, .query = query, .goals = goals(some_shares, some.scores)};
        auto filtering = options;
        filtering.goals = goals(shares, pool.scores);
        filtering.thresholds = {high, middling};
        CHECK(samples(pick(strategy.name, pool, stop, filtering)) ==
              samples(pick(strategy.name, some, stop, options)));
    }
    const Threshold none{.values = pool.scores, .least = 2};
    CHECK(pick("coreset", pool, {.picks = 3}, {.thresholds = {none}}).empty());
}

TEST_CASE("thresholds refuse values that cannot be compared", "[selection]") {
    const auto pool = random_pool(4, 2, 1);
    const std::vector<double> few{1, 2, 3};
    const std::vector<double> unknown{1, 2, std::nan(""), 4};
    CHECK_THROWS_WITH(pick("random", pool, {.picks = 1}, {.thresholds = {{.values = few}}}),
                      Catch::Contains("4 candidates and 3 values"));
    CHECK_THROWS_WITH(pick("random", pool, {.picks = 1}, {.thresholds = {{.values = unknown}}}),
                      Catch::Contains("sample 2 has no number"));
    CHECK_THROWS_WITH(pick("random",
                           pool,
                           {.picks = 1},
                           {.thresholds = {{.values = pool.scores, .least = std::nan("")}}}),
                      Catch::Contains("threshold is not a number"));
}

TEST_CASE("combined and balance refuse goals that cannot be multiplied", "[selection]") {
    auto pool = random_pool(4, 2, 1);
    const auto refuse =
        [&](const std::string& name, const Goal& goal, const std::string& sentence) {
            CHECK_THROWS_WITH(pick(name, pool, {.picks = 2}, {.goals = {goal}}),
                              Catch::Contains(sentence));
        };
    const std::vector<double> few{1, 2};
    const std::vector<double> zero{1, 0, 2, 3};
    const std::vector<double> unknown{1, std::nan(""), 2, 3};
    refuse("combined", {.kind = Kind::weights, .values = few}, "4 candidates and 2 values");
    refuse("combined", {.kind = Kind::weights, .strength = -1, .values = zero}, "sample 1");
    refuse("combined", {.kind = Kind::weights, .values = unknown}, "sample 1");
    refuse("combined", {.kind = Kind::similarity}, "give a query");
    refuse("combined", {.kind = Kind::diversity, .strength = std::nan("")}, "finite");
    refuse("combined", {.kind = Kind::balance}, "0 rows of shares");
    refuse("balance", {.kind = Kind::diversity}, "give a goal of that kind");
    Probabilities shares(4, 2);
    shares(3, 1) = std::nan("");
    refuse("balance", {.kind = Kind::balance, .distribution = {.shares = &shares}}, "sample 3 has");
    shares(3, 1) = 1;
    using Target = Distribution::Target;
    const auto given = [&](std::vector<double> ratios) {
        return Goal{.kind = Kind::balance,
                    .distribution = {.target = Target::given, .shares = &shares, .ratios = ratios}};
    };
    refuse("balance", given({1, 2, 3}), "over 2 categories, but ratios are given 3");
    refuse("balance", given({1, -1}), "ratios of -1");
    refuse("balance", given({0, 0}), "target of zeros");
    CHECK_THROWS_WITH(pick("combined", pool, {.picks = 2}), Catch::Contains("there are none"));
    const Goal diversity{.kind = Kind::diversity};
    CHECK_THROWS_WITH(pick("combined", pool, {.picks = 2}, {.goals = {diversity, diversity}}),
                      Catch::Contains("twice"));
    const Pool bare{.candidates = pool.candidates};
    CHECK_THROWS_WITH(pick("combined", bare, {.picks = 1}, {.goals = {diversity}}),
                      Catch::Contains("needs embeddings"));
}

}  // namespace trommel::selection
