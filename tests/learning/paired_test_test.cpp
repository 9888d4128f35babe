#include "trommel/learning/paired_test.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

namespace trommel::learning {

namespace {

using Numbers = std::vector<double>;
using PValues = std::vector<std::optional<double>>;

/// Hours of sleep gained by two drugs: Student, Biometrika 1908, as in R's `sleep`.
const Numbers drug_1{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
const Numbers drug_2{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

/// Hamilton's depression scale before and after: Hollander & Wolfe, "Nonparametric Statistical
/// Methods", 1973, table 3.1, as in R's `wilcox.test` example.
const Numbers before{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
const Numbers after{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};

}  // namespace

TEST_CASE("the paired t-test agrees with published examples", "[learning]") {
    // scipy 1.10, scipy.stats.ttest_rel
    CHECK(paired_t_test(paired_differences(drug_1, drug_2)).value() ==
          Approx(0.00283289019738427).epsilon(1e-9));
    CHECK(paired_t_test(paired_differences(before, after)).value() ==
          Approx(0.016176627434908095).epsilon(1e-9));
}

TEST_CASE("the signed-rank test agrees with a published example", "[learning]") {
    // scipy 1.10, scipy.stats.wilcoxon(mode='exact'); R 4.2 gives 0.03906 two-sided
    CHECK(wilcoxon_signed_rank(paired_differences(before, after)).value() == Approx(0.0390625));
}

TEST_CASE("the signed-rank test is exact with ties and zeros too", "[learning]") {
    // all 2^n signs of the nonzero differences counted one by one in Python, ranks after Pratt
    CHECK(wilcoxon_signed_rank(paired_differences(drug_1, drug_2)).value() == Approx(0.00390625));
    CHECK(wilcoxon_signed_rank(Numbers{3, 0, -1, 2, 0, 2, 5, -1}).value() == Approx(0.21875));
}

TEST_CASE("signed ranks of five pairs cannot show anything at 0.05, of six they can",
          "[learning]") {
    CHECK(wilcoxon_signed_rank(Numbers{1, 2, 3, 4, 5}).value() == Approx(0.0625));
    CHECK(wilcoxon_signed_rank(Numbers{1, 2, 3, 4, 5, 6}).value() == Approx(0.03125));
}

TEST_CASE("the direction of the difference does not change a p-value", "[learning]") {
    CHECK(paired_t_test(paired_differences(after, before)).value() ==
          Approx(paired_t_test(paired_differences(before, after)).value()));
    CHECK(wilcoxon_signed_rank(paired_differences(after, before)).value() == Approx(0.0390625));
}

TEST_CASE("no difference at all is not an evidence at all", "[learning]") {
    const Numbers same(4, 0.0);
    CHECK(paired_t_test(same) == 1.0);
    CHECK(wilcoxon_signed_rank(same) == 1.0);
}

TEST_CASE("what cannot be tested has no p-value", "[learning]") {
    CHECK_FALSE(paired_t_test(Numbers{}));
    CHECK_FALSE(paired_t_test(Numbers{0.1}));
    CHECK_FALSE(paired_t_test(Numbers{0.1, 0.1, 0.1}));  // no variance: the seeds change nothing
    CHECK_FALSE(wilcoxon_signed_rank(Numbers{}));
    CHECK(wilcoxon_signed_rank(Numbers{0.1}) == 1.0);
}

TEST_CASE("differences of rounding are ties", "[learning]") {
    const auto differences = paired_differences(Numbers{0.1 + 0.2, 1.0}, Numbers{0.3, 0.5});
    CHECK(differences[0] == 0);
    CHECK(differences[1] == Approx(0.5));
    CHECK(count_wins(differences) == WinTieLoss{1, 1, 0});
    CHECK(paired_differences(Numbers{0, 0}, Numbers{0, 0}) == Numbers{0, 0});
}

TEST_CASE("pairs that are none are refused", "[learning]") {
    CHECK_THROWS_WITH(paired_differences(Numbers{1, 2}, Numbers{1}), "pairs of 2 and 1 numbers");
    CHECK_THROWS_AS(
        paired_differences(Numbers{std::numeric_limits<double>::infinity()}, Numbers{1}),
        DataError);
}

TEST_CASE("Holm's correction steps down from the least p-value", "[learning]") {
    // 4 * 0.005, 3 * 0.01, 2 * 0.03, and 1 * 0.04, which may not fall below the one before it
    const auto corrected = holm(PValues{0.01, 0.04, 0.03, 0.005});
    CHECK(corrected[0].value() == Approx(0.03));
    CHECK(corrected[1].value() == Approx(0.06));
    CHECK(corrected[2].value() == Approx(0.06));
    CHECK(corrected[3].value() == Approx(0.02));
}

TEST_CASE("Holm's correction counts only the tests that were made, and stays at most 1",
          "[learning]") {
    const auto corrected = holm(PValues{std::nullopt, 0.02, 0.7, std::nullopt});
    CHECK_FALSE(corrected[0]);
    CHECK(corrected[1].value() == Approx(0.04));
    CHECK(corrected[2].value() == Approx(0.7));
    CHECK(holm(PValues{0.6, 0.9})[0] == 1.0);
    CHECK(holm({}).empty());
}

}  // namespace trommel::learning
