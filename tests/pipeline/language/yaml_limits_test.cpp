#include "pipeline/language/findings.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace trommel {
namespace {

/// Lists of ten aliases to the list before, `levels` deep: 10^levels values in a few lines.
std::string alias_bomb(int levels) {
    std::string text = "a0: &a0 x\n";
    for (int level = 1; level <= levels; ++level) {
        const auto name = "a" + std::to_string(level);
        const auto before = "*a" + std::to_string(level - 1);
        text += name + ": &" + name + " [" + before;
        for (int i = 1; i < 10; ++i) text += ", " + before;
        text += "]\n";
    }
    return text;
}

const std::string sample = R"(version: 1
name: "digits \u00e9"
base: &base {retry: {attempts: 3, base: 500ms}}
params:
  method: {type: enum, of: [RANDOM, CORESET], default: CORAL}  # a comment
  tag: !!str 5
stages:
  fetch: {uses: fetch_tag, with: {query: 'initial-tag', preselected: '${state.labeled}'}}
  poll:
    <<: *base
    until: >-
      round >= 5 and
      metrics.x.y > 0.5
    text: |
      a	b
    ? complex
    : *base
)";

void parse_and_render(const std::string& text) {
    const SourceText source{"fuzz.yaml", text};
    Diagnostics diagnostics;
    const auto tree = parse_yaml(source, diagnostics);
    REQUIRE((tree.has_value() || diagnostics.has_errors()));
    REQUIRE(diagnostics.render(source).empty() == diagnostics.empty());
}

}  // namespace

TEST_CASE("aliases may repeat themselves up to a bound", "[language]") {
    CHECK(findings_of(alias_bomb(4)).empty());
    CHECK(findings_of(alias_bomb(5)) ==
          Lines{"6:45+3 too-many-nodes: the file expands to more than 100,000 values, counting "
                "each alias in full (keep data in files of their own and name them here)"});
    CHECK(findings_of(alias_bomb(200)).size() == 1);
}

TEST_CASE("nesting is bounded, also through aliases", "[language]") {
    CHECK(findings_of(std::string(64, '[') + std::string(64, ']')).empty());
    CHECK(findings_of(std::string(20'000, '[')) ==
          Lines{"1:65+1 too-deep: lists and maps are nested more than 64 deep"});

    std::string chain = "a0: &a0 x\n";
    for (int i = 1; i < 70; ++i) chain += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
    CHECK(findings_of(chain) ==
          Lines{"64:12+4 too-deep: lists and maps are nested more than 64 deep"});
}

TEST_CASE("brackets are bounded before they are read, wherever they appear", "[language]") {
    const auto refusal = [](const std::string& place) {
        return Lines{place +
                     "+1 too-many-nodes: more than 100,000 opening brackets appear in the file "
                     "(keep data in files of their own and name them here)"};
    };
    CHECK(findings_of(std::string(1'000'000, '[')) == refusal("1:100001"));
    CHECK(findings_of("a: '" + std::string(100'001, '{') + "'\n") == refusal("1:100005"));
    CHECK(findings_of("a: '" + std::string(100'000, '{') + "'\n").empty());
}

TEST_CASE("a text over the limit is refused before it is looked at", "[language]") {
    CHECK(findings_of(std::string(max_source_bytes + 1, '[')) ==
          Lines{"0:0+0 too-long: the file is longer than 1 MiB "
                "(keep data in files of their own and name them here)"});
}

TEST_CASE("a file over the limit is not read", "[language]") {
    const auto path = std::filesystem::temp_directory_path() / "trommel-language-long.yaml";
    std::ofstream(path).put('a');
    std::filesystem::resize_file(path, 100'000'000);

    CHECK_THROWS_WITH(load_source(path), Catch::Contains("the file is longer than 1 MiB"));
    std::filesystem::remove(path);
}

TEST_CASE("every beginning of a file is read or refused", "[language]") {
    for (std::size_t bytes = 0; bytes <= sample.size(); ++bytes)
        parse_and_render(sample.substr(0, bytes));
}

TEST_CASE("a file with one byte put wrong is read or refused", "[language]") {
    constexpr std::string_view wrong = "[]{}'\"&*!|>%@`#:-?,\t\n\\ a0\xc3\xff";
    for (std::size_t i = 0; i < sample.size(); ++i) {
        auto text = sample;
        text[i] = wrong[i * 7 % wrong.size()];
        parse_and_render(text);
        text = sample;
        text.insert(i, 1, wrong[i * 11 % wrong.size()]);
        parse_and_render(text);
        text = sample;
        text.erase(i, 1 + i % 5);
        parse_and_render(text);
    }
}

}  // namespace trommel
