// `matrix:` as a file has it, and the combinations that it means.

#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace trommel {

using Catch::Matchers::Contains;

namespace {

std::string with_matrix(const std::string& matrix, const std::string& more = "") {
    return "version: 1\n"
           "name: test\n"
           "dataset: {name: pool, embeddings: pool.csv}\n"
           "params: {method: {type: enum, of: [A, B, C], default: A}, seed: 1, rate: 0.5, batch: "
           "{type: int, default: 20, max: 50}}\n"
           "stages: {a: {uses: tags}}\n"
           "matrix: " +
           matrix + "\n" + more;
}

/// The combinations, each as its values in the order of their params' names.
std::vector<std::string> combinations(const std::string& matrix, const Overrides& overrides = {}) {
    std::vector<std::string> lines;
    const auto spec = fixed_by(test::read(with_matrix(matrix)).matrix, overrides);
    for (const auto& combination : combinations_of(spec)) {
        std::vector<std::string> values;
        for (const auto& [name, value] : combination) values.push_back(value);
        lines.push_back(fmt::format("{}", fmt::join(values, " ")));
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a matrix combines each value with each, the first axis slowest", "[pipeline]") {
    CHECK(combinations("{method: [A, B], seed: {from: 1, to: 3}}") ==
          Lines{"A 1", "A 2", "A 3", "B 1", "B 2", "B 3"});
    CHECK(combinations("{seed: {from: 1, to: 8, step: 3}}") == Lines{"1", "4", "7"});
    CHECK(combinations("{rate: [.5, 1e-1]}") == Lines{"0.5", "0.1"});
}

TEST_CASE("excluded combinations are left out", "[pipeline]") {
    CHECK(combinations("{method: [A, B], seed: [1, 2], exclude: [{method: B, seed: 2}]}") ==
          Lines{"A 1", "A 2", "B 1"});
    CHECK(combinations("{method: [A, B], seed: [1, 2], exclude: [{method: B}]}") ==
          Lines{"A 1", "A 2"});
}

TEST_CASE("an inclusion adds its values where nothing contradicts, else it is a combination",
          "[pipeline]") {
    // printed in the order of names: batch, method, seed
    CHECK(combinations("{method: [A, B], seed: [1], include: [{method: B, batch: 5}]}") ==
          Lines{"A 1", "5 B 1"});
    CHECK(combinations("{method: [A], seed: [1, 2], include: [{method: C, seed: 1}]}") ==
          Lines{"A 1", "A 2", "C 1"});
    CHECK(combinations("{seed: [1, 2], include: [{batch: 5}]}") == Lines{"5 1", "5 2"});
    CHECK(combinations("{include: [{seed: 3}, {seed: 4}]}") == Lines{"3", "4"});
}

TEST_CASE("what --set gives does not vary", "[pipeline]") {
    const std::string matrix = "{method: [A, B], seed: [1, 2], include: [{method: C, seed: 1}]}";
    CHECK(combinations(matrix, {{"seed", "7"}}) == Lines{"A 7", "B 7"});
    CHECK(combinations(matrix, {{"batch", "3"}}) == Lines{"A 1", "A 2", "B 1", "B 2", "C 1"});
}

TEST_CASE("matrix names must be params and values must fit them, each said at its place",
          "[pipeline]") {
    CHECK_THAT(test::lint(with_matrix("{methd: [A]}")),
               Contains("p.yaml:6:10: error[unknown-key]") &&
                   Contains("'matrix' varies 'methd', which is not a param") &&
                   Contains("did you mean 'method'?"));
    CHECK_THAT(test::lint(with_matrix("{method: [A, X]}")),
               Contains("p.yaml:6:22: error") && Contains("one of A, B, C"));
    CHECK_THAT(test::lint(with_matrix("{batch: {from: 1, to: 60}}")),
               Contains("p.yaml:6:31: error") && Contains("at most 50"));
    CHECK_THAT(test::lint(with_matrix("{seed: [1], exclude: [{sed: 1}]}")),
               Contains("'sed', which is not a param"));
}

TEST_CASE("what is not a list of values is refused", "[pipeline]") {
    CHECK_THAT(test::lint(with_matrix("{seed: 3}")),
               Contains("'seed' varies over '3'") && Contains("{from: 1, to: 10}"));
    CHECK_THAT(test::lint(with_matrix("{seed: []}")), Contains("'seed' varies over a list"));
    CHECK_THAT(test::lint(with_matrix("{seed: [1, 2, 1]}")), Contains("'1' appears here twice"));
    CHECK_THAT(test::lint(with_matrix("{seed: {from: 3, to: 1}}")),
               Contains("there is nothing from 3 to 1"));
    CHECK_THAT(test::lint(with_matrix("{seed: {from: 3}}")), Contains("needs the key 'to'"));
    CHECK_THAT(test::lint(with_matrix("{rate: {from: 1, to: 2}}")),
               Contains("'rate' is not an integer"));
    CHECK_THAT(test::lint(with_matrix("[1]")), Contains("'matrix' must be a map"));
    CHECK_THAT(test::lint(with_matrix("{seed: [1], include: {seed: 2}}")),
               Contains("'include' must be a list of maps, not a map"));
}

TEST_CASE("a matrix too large to mean it is refused at once", "[pipeline]") {
    CHECK_THAT(test::lint(with_matrix("{seed: {from: 1, to: 9000000000000000000}}")),
               Contains("more than 100000 combinations"));
    CHECK_THAT(
        test::lint(with_matrix(
            "{seed: {from: 1, to: 50000}, batch: {from: 1, to: 50}, rate: [0.1, 0.2, 0.3]}")),
        Contains("more than 100000 combinations"));
}

TEST_CASE("matrix references have the value of the param, and must be in the matrix",
          "[pipeline]") {
    const auto file = [](const std::string& reference) {
        return with_matrix("{seed: [1, 2]}",
                           "state: {labeled: {init: {random: '" + reference + "'}}}\n");
    };
    const auto pipeline = test::read(file("${matrix.seed}"), {{"seed", "2"}});
    CHECK(std::get<std::int64_t>(std::get<RandomSamples>(*pipeline.state[0].init).amount) == 2);
    CHECK_THAT(test::lint(file("${matrix.batch}")),
               Contains("p.yaml:7:37: error[unknown-reference]: 'matrix' sets no 'batch'"));
}

}  // namespace trommel
