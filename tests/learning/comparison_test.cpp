#include "trommel/learning/comparison.hpp"

#include <catch2/catch.hpp>

namespace trommel::learning {

namespace {

/// Curves over 20 to 40 labels that are flat, at `heights` for seeds 0, 1, 2 and so on.
CurvesBySeed flat(std::vector<double> heights) {
    CurvesBySeed curves;
    for (std::size_t seed = 0; seed < heights.size(); ++seed)
        curves[std::to_string(seed)] = {{20, heights[seed]}, {40, heights[seed]}};
    return curves;
}

constexpr LabelRange all{20, 40};

std::vector<std::optional<Contrast>> against_first(const std::vector<CurvesBySeed>& ways) {
    std::vector<std::optional<std::size_t>> baselines(ways.size(), 0);
    baselines[0].reset();
    return contrast(ways, baselines, all);
}

}  // namespace

TEST_CASE("a way that is better for every seed is a gain, one that is worse a loss", "[learning]") {
    const auto contrasts = against_first(
        {flat({0.5, 0.6, 0.7, 0.8}), flat({0.6, 0.71, 0.79, 0.9}), flat({0.4, 0.49, 0.61, 0.7})});

    CHECK_FALSE(contrasts[0]);
    CHECK(contrasts[1]->verdict == Verdict::gain);
    CHECK(contrasts[1]->gain.mean == Approx(0.1));
    CHECK(contrasts[1]->record == WinTieLoss{4, 0, 0});
    CHECK(contrasts[2]->verdict == Verdict::loss);
    CHECK(contrasts[2]->record == WinTieLoss{0, 0, 4});
}

TEST_CASE("what chance makes is not an evidence", "[learning]") {
    const auto contrasts =
        against_first({flat({0.5, 0.6, 0.7, 0.8}), flat({0.55, 0.58, 0.73, 0.77})});
    CHECK(contrasts[1]->verdict == Verdict::no_evidence);
    CHECK(contrasts[1]->record == WinTieLoss{2, 0, 2});
}

TEST_CASE("a p-value that is small alone is corrected for all that was tried", "[learning]") {
    const std::vector<double> base{0.5, 0.6, 0.7, 0.8, 0.9};
    const auto lucky = flat({0.52, 0.63, 0.71, 0.84, 0.91});
    const auto noise = flat({0.51, 0.58, 0.71, 0.79, 0.91});

    const auto alone = against_first({flat(base), lucky});
    const auto among = against_first({flat(base), lucky, noise, noise, noise, noise});

    CHECK(alone[1]->verdict == Verdict::gain);
    CHECK(alone[1]->t_p_holm == alone[1]->t_p);
    CHECK(among[1]->t_p == alone[1]->t_p);
    CHECK(among[1]->t_p_holm.value() == Approx(5 * *alone[1]->t_p));
    CHECK(among[1]->verdict == Verdict::no_evidence);
}

TEST_CASE("one seed, and differences that never vary, are not tested", "[learning]") {
    const auto one = against_first({flat({0.5}), flat({0.9})});
    CHECK(one[1]->verdict == Verdict::untested);
    CHECK(one[1]->record == WinTieLoss{1, 0, 0});
    CHECK_FALSE(one[1]->gain.margin);

    const auto constant = against_first({flat({0.5, 0.6, 0.7}), flat({0.6, 0.7, 0.8})});
    CHECK(constant[1]->verdict == Verdict::untested);
}

TEST_CASE("the same curves are not evidence, not a failure", "[learning]") {
    const auto contrasts = against_first({flat({0.5, 0.6}), flat({0.5, 0.6})});
    CHECK(contrasts[1]->verdict == Verdict::no_evidence);
    CHECK(contrasts[1]->t_p == 1.0);
    CHECK(contrasts[1]->record == WinTieLoss{0, 2, 0});
}

TEST_CASE("only seeds that both have are paired", "[learning]") {
    const auto contrasts = against_first({flat({0.5, 0.6}), flat({0.6, 0.8, 0.9})});
    CHECK(contrasts[1]->gain.count == 2);

    CurvesBySeed others{{"7", {{20, 0.5}, {40, 0.5}}}};
    CHECK_FALSE(against_first({flat({0.5}), others})[1]);
}

TEST_CASE("each way may have a baseline of its own", "[learning]") {
    const std::vector<CurvesBySeed> ways{
        flat({0.5, 0.6}), flat({0.4, 0.5}), flat({0.7, 0.9}), flat({0.7, 0.9})};
    const std::vector<std::optional<std::size_t>> baselines{std::nullopt, std::nullopt, 0, 1};
    const auto contrasts = contrast(ways, baselines, all);
    CHECK(contrasts[2]->baseline == 0);
    CHECK(contrasts[2]->gain.mean == Approx(0.25));
    CHECK(contrasts[3]->baseline == 1);
    CHECK(contrasts[3]->gain.mean == Approx(0.35));
}

}  // namespace trommel::learning
