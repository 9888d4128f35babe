// BADGE with its gradients laid out.
#include "selection/strategy_pools.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace trommel::selection {

namespace {

using Gradient = std::vector<double>;

Gradient gradient_of(const OwnedPool& pool, SampleIndex sample) {
    const auto place = static_cast<std::size_t>(std::ranges::lower_bound(pool.candidates, sample) -
                                                pool.candidates.begin());
    const auto probabilities = pool.probabilities.row(place);
    const auto likeliest = std::ranges::max_element(probabilities);
    Gradient result;
    for (auto p = probabilities.begin(); p != probabilities.end(); ++p) {
        for (const float h : pool.embeddings.row(sample))
            result.push_back((*p - (p == likeliest ? 1 : 0)) * double{h});
    }
    return result;
}

double squared_distance_of(const Gradient& a, const Gradient& b) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

/// The position drawn with probability proportional to its worth.
std::size_t drawn(const std::vector<double>& worth, Random& random) {
    double total = 0;
    for (const double x : worth) total += x;
    double left = random.uniform() * total;
    std::size_t i = 0;
    while (i + 1 < worth.size() && left >= worth[i]) left -= worth[i++];
    return i;
}

Samples plain_badge(const OwnedPool& pool, std::size_t count, Random random) {
    Samples open;
    std::ranges::set_difference(pool.candidates, pool.preselected, std::back_inserter(open));
    std::vector<Gradient> gradients;
    std::vector<double> worth;
    for (const auto sample : open) {
        gradients.push_back(gradient_of(pool, sample));
        worth.push_back(squared_distance_of(gradients.back(), Gradient(gradients.back().size())));
    }
    auto next = static_cast<std::size_t>(std::ranges::max_element(worth) - worth.begin());
    std::ranges::fill(worth, std::numeric_limits<double>::infinity());
    Samples picked;
    while (true) {
        picked.push_back(open[next]);
        if (picked.size() == count) return picked;
        for (std::size_t i = 0; i < open.size(); ++i)
            worth[i] = std::min(worth[i], squared_distance_of(gradients[i], gradients[next]));
        next = drawn(worth, random);
    }
}

}  // namespace

TEST_CASE("badge draws what laid out gradients would have drawn", "[selection]") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto pool = random_pool(60 + seed, 1 + seed, seed);
        Random random(seed, 2, "probabilities");
        pool.probabilities = random_probabilities(60 + seed, 2 + seed % 7, random);
        if (seed % 3 == 0) pool.preselected = {0, 7, 8};
        INFO(seed);
        CHECK(samples(pick("badge", pool, {.picks = 25})) ==
              plain_badge(pool, 25, Random(1, 1, "x")));
    }
}

TEST_CASE("badge uses candidates, whatever samples they are", "[selection]") {
    auto pool = random_pool(50, 3, 3);
    pool.candidates = {4, 9, 11, 30, 44};
    Random random(1, 2, "probabilities");
    pool.probabilities = random_probabilities(5, 3, random);
    CHECK(samples(pick("badge", pool, {.picks = 4})) == plain_badge(pool, 4, Random(1, 1, "x")));
}

TEST_CASE("badge picks copies and samples without a gradient last, each once", "[selection]") {
    auto pool = pool_of({{1}, {1}, {2}, {2}, {7}});
    pool.probabilities = {{0.5, 0.5}, {0.5, 0.5}, {0.5, 0.5}, {0.5, 0.5}, {0, 1}};
    const auto picks = samples(pick("badge", pool, {.picks = 5}));
    CHECK(picks[0] == 2);
    const std::set<SampleIndex> first(picks.begin(), picks.begin() + 3);
    CHECK(std::set<SampleIndex>(picks.begin(), picks.end()).size() == 5);
    CHECK(first.contains(4));
    CHECK_FALSE(first.contains(3));
}

TEST_CASE("badge refuses probabilities that are none", "[selection]") {
    auto pool = random_pool(4, 2, 1);
    const auto refuse = [&](const std::string& sentence) {
        CHECK_THROWS_WITH(pick("badge", pool, {.picks = 2}), Catch::Contains(sentence));
    };
    pool.probabilities(2, 0) = std::nan("");
    refuse("probabilities of sample 2");
    pool.probabilities(2, 0) = -1;
    refuse("probabilities of sample 2");
    pool.probabilities = Probabilities(4, 3);
    refuse("their sum is 0");
    pool.probabilities = Probabilities(3, 3);
    refuse("4 candidates and 3 rows");
    pool.probabilities = {{1}, {1}, {1}, {1}};
    refuse("two classes or more");
    pool.probabilities = {};
    refuse("0 rows");
}

}  // namespace trommel::selection
