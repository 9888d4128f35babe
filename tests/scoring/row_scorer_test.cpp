#include "trommel/scoring/row_scorer.hpp"

#include "scoring/row_kernels.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace trommel::scoring {
namespace {

const std::vector<Uncertainty> every_measure{
    Uncertainty::least_confidence, Uncertainty::margin, Uncertainty::entropy, Uncertainty::ratio};

/// Rows that sum to one: some peaked, some flat, with zeros among them.
template <typename T>
std::vector<T> random_rows(std::size_t rows, std::size_t classes) {
    Random random(7, static_cast<std::uint32_t>(classes), "row_scorer_test");
    std::vector<T> values(rows * classes);
    for (std::size_t row = 0; row < rows; ++row) {
        double sum = 0;
        std::vector<double> raw(classes);
        for (double& value : raw) {
            value = random.uniform() < 0.2
                        ? 0
                        : std::pow(random.uniform(), 1.0 + static_cast<double>(row % 9));
            sum += value;
        }
        if (sum == 0) raw[0] = sum = 1;
        for (std::size_t j = 0; j < classes; ++j)
            values[row * classes + j] = static_cast<T>(classes == 1 ? raw[j] : raw[j] / sum);
    }
    return values;
}

template <typename T>
std::vector<std::vector<double>> scores_of(const std::vector<T>& values, std::size_t classes) {
    const RowScorer scorer({every_measure.begin(), every_measure.end()}, classes);
    std::vector<std::vector<double>> columns(every_measure.size(),
                                             std::vector<double>(values.size() / classes));
    std::vector<double*> out;
    for (auto& column : columns) out.push_back(column.data());
    scorer(std::span<const T>(values), out);
    return columns;
}

/// Checks the rows of one width against the plain formulas.
template <typename T>
void check_width(std::size_t classes) {
    INFO(classes << " classes");
    constexpr std::size_t rows = 300;
    const auto values = random_rows<T>(rows, classes);
    const auto columns = scores_of<T>(values, classes);
    for (std::size_t m = 0; m < every_measure.size(); ++m) {
        const NormalizedUncertainty plain(every_measure[m], classes);
        for (std::size_t row = 0; row < rows; ++row) {
            const double expected =
                plain(std::span<const T>(values).subspan(row * classes, classes));
            const double tolerance =
                every_measure[m] == Uncertainty::entropy
                    ? 4.0 * static_cast<double>(std::numeric_limits<T>::epsilon())
                    : 0.0;
            if (!(std::abs(columns[m][row] - expected) <= tolerance * expected))
                FAIL("measure " << m << " of row " << row << ": " << columns[m][row] << " for "
                                << expected);
        }
    }
}

/// What the kernels of one instruction set find in rows, all in one list.
template <typename T>
std::vector<T> found_by(Instructions instructions,
                        const std::vector<T>& values,
                        std::size_t classes) {
    const std::size_t rows = values.size() / classes;
    const SumOrder order(classes);
    std::vector<T> found(3 * rows);
    T* const at = found.data();
    measure_rows<T>({.values = values.data(),
                     .rows = rows,
                     .classes = classes,
                     .order = &order,
                     .largest = at,
                     .second = at + rows,
                     .neg_entropy = at + 2 * rows},
                    instructions);
    return found;
}

template <typename T>
void check_instructions(std::size_t rows, std::size_t classes) {
    INFO(rows << " rows, " << classes << " classes");
    const auto values = random_rows<T>(rows, classes);
    const auto expected = found_by<T>(Instructions::portable, values, classes);
    for (const auto instructions : instruction_sets())
        CHECK(found_by<T>(instructions, values, classes) == expected);
}

/// Whether the kernels take these rows for distributions without a second look.
bool are_plain(Instructions instructions, const std::vector<float>& values, std::size_t classes) {
    const std::size_t rows = values.size() / classes;
    const SumOrder order(classes);
    std::vector<float> found(2 * rows);
    return measure_rows<float>({.values = values.data(),
                                .rows = rows,
                                .classes = classes,
                                .order = &order,
                                .largest = found.data(),
                                .second = found.data() + rows},
                               instructions);
}

std::vector<std::size_t> faulty_rows(const std::vector<double>& values, std::size_t classes) {
    const RowScorer scorer({Uncertainty::margin}, classes);
    std::vector<double> scores(values.size() / classes);
    double* const out = scores.data();
    std::vector<std::size_t> faulty;
    scorer(std::span<const double>(values), std::span<double* const>(&out, 1), &faulty);
    return faulty;
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("many rows score as they do one by one, whatever their width", "[scoring]") {
    for (std::size_t classes = 1; classes <= 40; ++classes) {
        check_width<float>(classes);
        check_width<double>(classes);
    }
    for (const std::size_t classes : {100, 127, 128, 129, 136, 255, 256, 257, 300, 1000, 1283}) {
        check_width<float>(classes);
        check_width<double>(classes);
    }
}

TEST_CASE("every instruction set finds the same to the last bit", "[scoring]") {
    REQUIRE(instruction_sets().front() == Instructions::portable);
    for (const std::size_t classes : {2, 3, 7, 8, 9, 16, 31, 100, 128, 129, 200, 1000}) {
        check_instructions<float>(37, classes);
        check_instructions<double>(37, classes);
    }
    for (std::size_t rows = 1; rows <= 33; ++rows) {
        check_instructions<float>(rows, 10);
        check_instructions<double>(rows, 130);
    }
}

TEST_CASE("one row that is not a distribution asks for a second look, wherever it appears",
          "[scoring]") {
    constexpr std::size_t classes = 10;
    const auto plain = random_rows<float>(37, classes);
    for (const auto instructions : instruction_sets()) {
        CHECK(are_plain(instructions, plain, classes));
        for (std::size_t row = 0; row < 37; ++row) {
            for (const float fault : {std::numeric_limits<float>::quiet_NaN(), -0.5F, 1.5F}) {
                auto values = plain;
                values[row * classes + row % classes] = fault;
                CHECK_FALSE(are_plain(instructions, values, classes));
            }
        }
    }
}

TEST_CASE("terms are added in numpy's order", "[scoring]") {
    const auto leaves_of = [](std::size_t terms) {
        std::string text;
        for (const auto& leaf : SumOrder(terms).leaves)
            text += std::to_string(leaf.terms) + std::string(leaf.merges, '+') + ' ';
        return text;
    };
    CHECK(leaves_of(5) == "5 ");
    CHECK(leaves_of(128) == "128 ");
    CHECK(leaves_of(129) == "64 65+ ");
    CHECK(leaves_of(300) == "72 72+ 72 84++ ");
}

TEST_CASE("equally likely classes score 1 and a certain class 0, exactly", "[scoring]") {
    for (const std::size_t classes : {2, 3, 10, 19, 200}) {
        std::vector<double> values(2 * classes, 1 / static_cast<double>(classes));
        std::fill(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(classes), 0.0);
        values[1] = 1;
        for (const auto& column : scores_of<double>(values, classes))
            CHECK(column == std::vector<double>{0, 1});
    }
}

TEST_CASE("rows with NaN, infinities or no probabilities score as they do one by one",
          "[scoring]") {
    const double inf = std::numeric_limits<double>::infinity();
    for (const std::vector<double>& values : {std::vector<double>{0.25, nan, 0.25},
                                              {nan, nan, nan},
                                              {inf, 1, 0},
                                              {inf, inf, 0},
                                              {-inf, 1, 0.5},
                                              {-2, -3, -1},
                                              {7, 3, 1},
                                              {0, 0, 0},
                                              {-0.0, 1, 0}}) {
        INFO(values[0] << ' ' << values[1] << ' ' << values[2]);
        const auto columns = scores_of<double>(values, 3);
        for (std::size_t m = 0; m < every_measure.size(); ++m)
            CHECK(columns[m][0] == Approx(NormalizedUncertainty(every_measure[m],
                                                                3)(std::span<const double>(values)))
                                       .epsilon(1e-15)
                                       .margin(1e-300));
    }
}

TEST_CASE("rows that are not distribution are told, by their number", "[scoring]") {
    CHECK(faulty_rows({0.5, 0.5, 1, 0, 0.25, 0.75}, 2).empty());
    CHECK(faulty_rows({0.5, 0.5, 0.5, 0.4, nan, 0.5, -0.1, 1.1, 0.3, 0.7}, 2) ==
          std::vector<std::size_t>{1, 2, 3});
    CHECK(faulty_rows({0.5, 0.5007}, 2).empty());  // within sum_tolerance
    CHECK(faulty_rows({0, 0.5, 1, 1.5, -0.5, nan}, 1) == std::vector<std::size_t>{3, 4, 5});
}

TEST_CASE("a scorer of no classes is refused", "[scoring]") {
    CHECK_THROWS_AS(RowScorer({Uncertainty::margin}, 0), DataError);
}

}  // namespace trommel::scoring
