#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::lint;
using test::read;
using test::with_stages;

TEST_CASE("stages are put in the order in which they can run", "[pipeline]") {
    const auto pipeline =
        read(with_stages("  last: {uses: choose, from: b, with: {n_new: 1}}\n"
                         "  b: {uses: think, from: a, needs: z}\n"
                         "  a: {uses: tags}\n"
                         "  z: {uses: tags}\n"));
    std::vector<std::string> order;
    for (const auto& stage : pipeline.stages) order.push_back(stage.name);
    CHECK(order == std::vector<std::string>{"a", "z", "b", "last"});
}

TEST_CASE("an output that does not fit is refused with what would", "[pipeline]") {
    const auto found =
        lint(with_stages("  a: {uses: tags}\n  c: {uses: choose, from: a, with: {n_new: 1}}\n"));
    CHECK_THAT(
        found,
        Contains("p.yaml:8:27: error[port-type]: 'choose' cannot read tag, which stage 'a' sends"));
    CHECK_THAT(found, Contains("it reads scores"));
}

TEST_CASE("an input that nobody feeds is missed, and who could feed it is named", "[pipeline]") {
    const auto found = lint(with_stages("  a: {uses: tags}\n  b: {uses: think}\n"));
    CHECK_THAT(found,
               Contains("p.yaml:8:3: error[missing-input]: 'think' needs tag from another stage"));
    CHECK_THAT(found, Contains("add 'a' to its 'from'"));
}

TEST_CASE("stages that wait for each other are named in a circle", "[pipeline]") {
    const auto found =
        lint(with_stages("  a: {uses: tags, needs: c}\n"
                         "  b: {uses: think, from: a}\n"
                         "  c: {uses: choose, from: b, with: {n_new: 1}}\n"));
    CHECK_THAT(found, Contains("error[cycle]: stages wait for each other: a → b → c → a"));
    CHECK_THAT(lint(with_stages("  a: {uses: tags, needs: a}\n")), Contains("a → a"));
}

TEST_CASE("a misspelt stage is proposed, and not missed a second time", "[pipeline]") {
    const auto found =
        lint(with_stages("  fetch: {uses: tags}\n  b: {uses: think, from: fecth}\n"));
    CHECK_THAT(found, Contains("there is no stage 'fecth'") && Contains("did you mean 'fetch'?"));
    CHECK_THAT(found, !Contains("missing-input"));
}

TEST_CASE("a stage named twice in from is a mistake", "[pipeline]") {
    CHECK_THAT(lint(with_stages("  a: {uses: tags}\n  b: {uses: think, from: [a, a]}\n")),
               Contains("'a' appears in 'from' twice"));
}

TEST_CASE("who reads a state after its writer is told that it reads what it was before",
          "[pipeline]") {
    const auto found = lint(
        with_stages("  a: {uses: tags, with: {preselected: '${state.labeled}'}}\n"
                    "  b: {uses: think, from: a}\n"
                    "  pick: {uses: choose, from: b, with: {n_new: 1}, writes: labeled}\n"
                    "  beside: {uses: tags, with: {preselected: '${state.labeled}'}}\n"
                    "  d: {uses: think, from: beside, needs: pick}\n"
                    "  late: {uses: tags, needs: d, with: {preselected: '${state.labeled}'}}\n"));
    CHECK_THAT(found,
               Contains("p.yaml:12:53: warning[state-of-before]: stage 'late' runs after 'pick', "
                        "which writes 'labeled', and yet reads what it was when the round began") &&
                   Contains("read 'from: pick'"));
    CHECK_THAT(found, !Contains("'beside'") && !Contains("stage 'a'"));
}

}  // namespace trommel
