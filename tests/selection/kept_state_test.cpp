// Rounds of selections that keep their state in a file.
#include "selection/strategy_pools.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <unistd.h>

#include <algorithm>

namespace trommel::selection {

namespace {

/// A file of its own, gone at the end.
class StateFile {
public:
    StateFile() { std::filesystem::remove(path); }
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;
    ~StateFile() { std::filesystem::remove(path); }

    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("trommel_state_" + std::to_string(::getpid()));
};

std::vector<Pick> go_on(std::string_view method,
                        const OwnedPool& pool,
                        std::size_t picks,
                        const StateFile& file) {
    return select(method, pool, {.picks = picks}, Random(1, 1, "x"), {.state = file.path});
}

/// The picks become preselected, and are not candidates any more.
void label(OwnedPool& pool, const std::vector<Pick>& picks) {
    for (const auto& pick : picks) {
        pool.preselected.push_back(pick.sample);
        const auto place = std::ranges::lower_bound(pool.candidates, pick.sample);
        pool.scores.erase(pool.scores.begin() + (place - pool.candidates.begin()));
        pool.candidates.erase(place);
    }
    std::ranges::sort(pool.preselected);
}

/// Few values, so that there are many ties and copies.
OwnedPool rough_pool(std::uint64_t seed) {
    auto pool = random_pool(400, 3 + 20 * (seed % 2), seed);
    Random random(seed, 9, "rough");
    for (float& x : pool.embeddings.values()) x = 0.5F * static_cast<float>(random.below(4));
    return pool;
}

void check_refused(const OwnedPool& pool, const StateFile& file, const std::string& why) {
    CHECK_THROWS_AS(go_on("coreset", pool, 3, file), DataError);
    CHECK_THROWS_WITH(go_on("coreset", pool, 3, file), Catch::Contains(why));
}

}  // namespace

TEST_CASE("rounds from a kept state pick what one selection does", "[selection]") {
    for (const auto method : {"coreset", "coral"}) {
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            auto pool = seed < 4 ? rough_pool(seed) : random_pool(3000, 33, seed);
            if (seed % 4 == 3) pool.preselected = {7, 8, 300};
            std::erase_if(pool.candidates, [](SampleIndex i) { return i == 7 || i == 300; });
            pool.scores.resize(pool.candidates.size());
            const auto whole = select(method, pool, {.picks = 130}, Random(1, 1, "x"));
            const StateFile file;
            std::vector<Pick> rounds;
            for (const std::size_t count : {30, 1, 59, 40}) {
                const auto picks = go_on(method, pool, count, file);
                rounds.insert(rounds.end(), picks.begin(), picks.end());
                label(pool, picks);
            }
            INFO(method << ", seed " << seed);
            REQUIRE(samples(rounds) == samples(whole));
            for (std::size_t i = 0; i < rounds.size(); ++i) {
                CHECK(rounds[i].distance == whole[i].distance);
                CHECK(rounds[i].nearest == whole[i].nearest);
            }
        }
    }
}

TEST_CASE("a kept state takes in new candidates, others' picks and a repeated selection",
          "[selection]") {
    auto pool = random_pool(500, 6, 3);
    const auto all = pool.candidates;
    pool.candidates.resize(300);
    pool.scores.resize(300);
    const StateFile file;
    const auto first = go_on("coreset", pool, 20, file);
    // The same again, as after a crash that lost the picks: what is kept has them as chosen.
    check_refused(pool, file, "which is not chosen here");
    const auto again = select(
        "coreset", pool, {.picks = 25}, Random(1, 1, "x"), {.made = first, .state = file.path});
    CHECK(samples(again) == samples(pick("coreset", pool, {.picks = 25})));

    pool.candidates = all;
    pool.scores.resize(500);
    pool.preselected = samples(again);
    pool.preselected.push_back(480);
    std::ranges::sort(pool.preselected);
    const auto later = go_on("coreset", pool, 40, file);
    CHECK(samples(later) == samples(pick("coreset", pool, {.picks = 40})));
}

TEST_CASE("a kept state of other embeddings, of another selection or of half a file is refused",
          "[selection]") {
    auto pool = random_pool(60, 5, 4);
    const StateFile file;
    label(pool, go_on("coreset", pool, 10, file));

    auto other = pool;
    other.embeddings(pool.candidates[30], 4) += 1;
    check_refused(
        other,
        file,
        "other embeddings: that of sample " + std::to_string(pool.candidates[30]) + " was another");
    other = pool;
    other.embeddings(pool.preselected[2], 0) += 1;
    check_refused(other, file, "that of sample " + std::to_string(pool.preselected[2]));
    other = pool;
    other.preselected.pop_back();
    check_refused(other, file, "which is not chosen here");
    auto narrow = random_pool(60, 4, 4);
    narrow.preselected = pool.preselected;
    check_refused(narrow, file, "other embeddings");

    const auto content = read_file(file.path);
    for (const std::size_t size : {std::size_t{0}, std::size_t{15}, content.size() - 1}) {
        replace_derived_file(file.path, content.substr(0, size));
        check_refused(pool, file, "not the whole state");
    }
    for (const std::size_t at : {std::size_t{3}, std::size_t{20}, content.size() / 2}) {
        auto bad = content;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        replace_derived_file(file.path, bad);
        check_refused(pool, file, "not the whole state");
    }
    replace_derived_file(file.path, content);
    CHECK(go_on("coreset", pool, 3, file).size() == 3);
}

TEST_CASE("a kept state is of the embeddings that were compared, not of others' copies",
          "[selection]") {
    auto pool = random_pool(40, 3, 5);
    const StateFile file;
    const auto picks = go_on("coreset", pool, 5, file);
    label(pool, picks);
    const Task by_cosine{.pool = pool,
                         .stop = {.picks = 3},
                         .random = Random(1, 1, "x"),
                         .progress = {.state = file.path},
                         .options = {.metric = Metric::cosine}};
    CHECK_THROWS_WITH(select(*find_strategy("coreset"), by_cosine),
                      Catch::Contains("other embeddings"));
}

}  // namespace trommel::selection
