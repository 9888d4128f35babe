#include "trommel/pipeline/language/diagnostics.hpp"

#include "pipeline/language/findings.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel {

TEST_CASE("a finding shows its line, marks its place and says what would do", "[language]") {
    const std::string text = std::string(52, '\n') + "    with: {scroe: uncertainty_margin}\n";
    Diagnostics diagnostics;
    diagnostics.error({53, 12, 5},
                      "unknown-key",
                      "'score.classification' has no option 'scroe'",
                      did_you_mean("scroe", std::vector<std::string>{"method", "score"}));

    CHECK(diagnostics.render({"road-signs.yaml", text}) ==
          "road-signs.yaml:53:12: error[unknown-key]: 'score.classification' has no option "
          "'scroe'\n"
          "   53 |     with: {scroe: uncertainty_margin}\n"
          "      |            ^^^^^ did you mean 'score'?\n");
}

TEST_CASE("findings are told in the order of the file, each once", "[language]") {
    Diagnostics diagnostics;
    diagnostics.error({2, 1, 1}, "b", "second");
    diagnostics.warning({1, 3, 1}, "a", "first");
    diagnostics.error({2, 1, 1}, "b", "second");

    CHECK(findings(diagnostics) == Lines{"1:3+1 a: first", "2:1+1 b: second"});
    CHECK(diagnostics.render({"f", "abc\nd\n"}) ==
          "f:1:3: warning[a]: first\n"
          "    1 | abc\n"
          "      |   ^\n"
          "f:2:1: error[b]: second\n"
          "    2 | d\n"
          "      | ^\n");
}

TEST_CASE("a finding about the whole file shows no line", "[language]") {
    Diagnostics diagnostics;
    diagnostics.error({}, "empty", "the file is empty", "write something");

    CHECK(diagnostics.render({"f.yaml", ""}) ==
          "f.yaml: error[empty]: the file is empty\n      = write something\n");
}

TEST_CASE("marks appear under characters where bytes and tabs would mislead", "[language]") {
    Diagnostics diagnostics;
    diagnostics.error({1, 4, 2}, "x", "here");

    CHECK(diagnostics.render({"f", "\té:öü\n"}) ==
          "f:1:4: error[x]: here\n"
          "    1 | \té:öü\n"
          "      | \t  ^^\n");
}

TEST_CASE("a mark ends where its line ends", "[language]") {
    Diagnostics diagnostics;
    diagnostics.error({1, 2, 99}, "x", "here");

    CHECK(diagnostics.render({"f", "abc\r\ndef"}) ==
          "f:1:2: error[x]: here\n"
          "    1 | abc\n"
          "      |  ^^\n");
}

TEST_CASE("of a long line only the part around the mark is shown", "[language]") {
    const std::string line = std::string(500, 'a') + "X" + std::string(500, 'b');
    Diagnostics diagnostics;
    diagnostics.error({1, 501, 1}, "x", "here");

    CHECK(diagnostics.render({"f", line}) ==
          "f:1:501: error[x]: here\n"
          "    1 | ..." +
              std::string(60, 'a') + "X" + std::string(59, 'b') + "...\n" + "      | " +
              std::string(63, ' ') + "^\n");
}

TEST_CASE("a file cannot send commands to the terminal through a message", "[language]") {
    Diagnostics diagnostics;
    diagnostics.error({1, 1, 1}, "x", "bad \033[2J");

    CHECK(diagnostics.render({"f", "a\033[2Jb"}) ==
          "f:1:1: error[x]: bad ?[2J\n"
          "    1 | a?[2Jb\n"
          "      | ^\n");
}

TEST_CASE("colour is added only on request", "[language]") {
    Diagnostics diagnostics;
    diagnostics.error({1, 1, 1}, "x", "here");

    CHECK(diagnostics.render({"f", "a"}, Colour::ansi) ==
          "\033[1mf:1:1:\033[0m \033[1;31merror[x]:\033[0m here\n"
          "    1 | a\n"
          "      | \033[1;31m^\033[0m\n");
}

TEST_CASE("after a hundred findings the rest is a number", "[language]") {
    Diagnostics diagnostics;
    for (std::size_t column = 1; column <= 103; ++column)
        diagnostics.error({1, column, 1}, "x", "here");

    const auto text = diagnostics.render({"f", std::string(200, 'a')});
    CHECK(text.find("f:1:100: ") != std::string::npos);
    CHECK(text.find("f:1:101: ") == std::string::npos);
    CHECK(text.substr(text.size() - 14) == "f: and 3 more\n");
}

TEST_CASE("errors throw with the rendered text, warnings do not", "[language]") {
    Diagnostics diagnostics;
    diagnostics.warning({1, 1, 1}, "w", "odd");
    CHECK_NOTHROW(diagnostics.throw_if_errors({"f", "a"}));

    diagnostics.error({}, "e", "wrong");
    CHECK_THROWS_WITH(diagnostics.throw_if_errors({"f", "a"}), diagnostics.render({"f", "a"}));
    CHECK_THROWS_AS(diagnostics.throw_if_errors({"f", "a"}), ConfigErrors);
}

TEST_CASE("a file that cannot be read is a sentence", "[language]") {
    CHECK_THROWS_WITH(load_source("/nowhere/x.yaml"),
                      "/nowhere/x.yaml: cannot read the file: No such file or directory");
    CHECK_THROWS_WITH(load_source("/"), "/: cannot read the file: it is a directory");
    CHECK_THROWS_AS(load_source("/nowhere/x.yaml"), ConfigError);
}

TEST_CASE("a message that quotes a long text is cut", "[language]") {
    Diagnostics diagnostics;
    diagnostics.error({}, "unknown-key", std::string(1'000'000, 'k'), "");

    CHECK(diagnostics.render({"f.yaml", ""}) ==
          "f.yaml: error[unknown-key]: " + std::string(500, 'k') + "...\n");
}

}  // namespace trommel
