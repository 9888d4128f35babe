#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::lint;
using test::with_stages;

namespace {

/// What lint says of a `think` stage with these options.
std::string lint_think(const std::string& options) {
    return lint(
        with_stages("  a: {uses: tags}\n  b: {uses: think, from: a, with: " + options + "}\n"));
}

}  // namespace

TEST_CASE("an unknown option is shown with its place and what was meant", "[pipeline]") {
    CHECK(lint_think("{dpeth: 3}") ==
          "p.yaml:8:36: error[unknown-key]: 'think' has no option 'dpeth'\n"
          "    8 |   b: {uses: think, from: a, with: {dpeth: 3}}\n"
          "      |                                    ^^^^^ did you mean 'depth'?\n");
}

TEST_CASE("every type of option takes what it should", "[pipeline]") {
    CHECK(lint_think("{depth: 9, weight: 2, loud: true, mood: wild, about: [a, b], pause: 500ms, "
                     "notes: a/b}") == "");
    CHECK(lint_think("{about: one}") == "");
}

TEST_CASE("an option of the wrong type is refused with the type it has", "[pipeline]") {
    CHECK_THAT(lint_think("{depth: deep}"),
               Contains("'depth' must be an integer, at least 1 and at most 9, not 'deep'"));
    CHECK_THAT(lint_think("{depth: 2.5}"), Contains("error[wrong-type]"));
    CHECK_THAT(lint_think("{depth: 10}"), Contains("at most 9, not '10'"));
    CHECK_THAT(lint_think("{weight: .nan}"), Contains("'weight' must be a number"));
    CHECK_THAT(lint_think("{loud: yes}"), Contains("'loud' must be a boolean, not 'yes'"));
    CHECK_THAT(lint_think("{pause: 5}"),
               Contains("'pause' must be a duration such as 30s or 2h, not '5'"));
    CHECK_THAT(lint_think("{about: {a: b}}"),
               Contains("'about' must be a list of text, not a map"));
    CHECK_THAT(lint_think("{depth: }"), Contains("not nothing"));
}

TEST_CASE("a choice proposes the word that was meant", "[pipeline]") {
    CHECK_THAT(lint_think("{mood: clam}"),
               Contains("'mood' must be one of calm, wild, not 'clam'") &&
                   Contains("did you mean 'calm'?"));
}

TEST_CASE("an option whose reference has no value is one error and not two", "[pipeline]") {
    const auto found = lint_think("{depth: '${params.dpth}'}");
    CHECK_THAT(found, Contains("params.dpth") && !Contains("wrong-type"));
}

TEST_CASE("a required option that is missing is named", "[pipeline]") {
    const auto found = lint(with_stages(
        "  a: {uses: tags}\n  b: {uses: think, from: a}\n  c: {uses: choose, from: b}\n"));
    CHECK_THAT(found,
               Contains("p.yaml:9:3: error[missing-option]: 'choose' needs the option 'n_new'"));
}

TEST_CASE("a fault that only several options show appears at its option", "[pipeline]") {
    const auto found =
        lint(with_stages("  a: {uses: tags}\n  b: {uses: think, from: a}\n"
                         "  c: {uses: choose, from: b, with: {n_new: 13}}\n"));
    CHECK_THAT(found, Contains("p.yaml:9:44: error[bad-option]: 13 brings bad luck"));
}

TEST_CASE("a path is relative to the pipeline file", "[pipeline]") {
    CHECK(test::read(with_stages("  a: {uses: tags}\n")).dataset.embeddings == "/data/pool.csv");
}

TEST_CASE("defaults are written so that YAML reads them back", "[pipeline]") {
    CHECK(to_yaml(std::string("plain")) == "plain");
    CHECK(to_yaml(std::string("a: b")) == "\"a: b\"");
    CHECK(to_yaml(std::string("5")) == "\"5\"");
    CHECK(to_yaml(std::string("")) == "\"\"");
    CHECK(to_yaml(std::vector<std::string>{"a", "1"}) == "[a, \"1\"]");
    CHECK(to_yaml(0.1) == "0.1");
    CHECK(to_yaml(std::chrono::milliseconds(90'000)) == "90s");
}

}  // namespace trommel
