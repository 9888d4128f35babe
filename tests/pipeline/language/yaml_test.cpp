#include "trommel/pipeline/language/yaml.hpp"

#include "pipeline/language/findings.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel {

TEST_CASE("a file is a tree in the file's order", "[language]") {
    const auto tree = tree_of("zeta: 1\nalpha: [x, {y: 2}]\nnone:\n");

    CHECK(tree.keys() == Lines{"zeta", "alpha", "none"});
    CHECK(tree.find("zeta")->text() == "1");
    CHECK(tree.find("alpha")->items()[1].find("y")->text() == "2");
    CHECK(tree.find("none")->is_null());
    CHECK(tree.find("beta") == nullptr);
    CHECK(tree.size() == 7);
    CHECK(tree.height() == 4);
}

TEST_CASE("every key and value knows its place in characters", "[language]") {
    const auto tree = tree_of("é: ü\nlist:\n  - 'it''s'\n  - {b: \"ö\"}\n");

    const auto& entries = tree.entries();
    CHECK(to_text(entries[0].key_place) == "1:1+1");
    CHECK(to_text(entries[0].value.place()) == "1:4+1");
    CHECK(to_text(entries[1].value.place()) == "3:3+1");
    const auto& items = entries[1].value.items();
    CHECK(to_text(items[0].place()) == "3:5+7");
    CHECK(items[0].text() == "it's");
    CHECK(to_text(items[1].place()) == "4:5+1");
    CHECK(to_text(items[1].entries()[0].value.place()) == "4:9+3");
}

TEST_CASE("places hold behind a byte order mark and Windows line ends", "[language]") {
    const auto tree = tree_of(
        "\xEF\xBB\xBF"
        "a: 1\r\nb: 22\r\n");

    CHECK(to_text(tree.entries()[0].key_place) == "1:1+1");
    CHECK(to_text(tree.find("b")->place()) == "2:4+2");
}

TEST_CASE("a value that is not written appears at its key or its dash", "[language]") {
    const auto tree = tree_of("with:\nlist:\n  - a\n  -\n  - b\n");

    CHECK(to_text(tree.find("with")->place()) == "1:1+4");
    CHECK(to_text(tree.find("list")->items()[1].place()) == "4:3+1");
}

TEST_CASE("part of a scalar is found in the file behind quotes, escapes and folds", "[language]") {
    const auto place_of = [](const std::string& text, const std::string& part) {
        const auto tree = tree_of(text);
        const auto& value = tree.entries()[0].value;
        return to_text(value.place_at(value.text().find(part), part.size()));
    };
    CHECK(place_of("a: one two\n", "two") == "1:8+3");
    CHECK(place_of("a: 'one two'\n", "two") == "1:9+3");
    CHECK(place_of("a: 'it''s two'\n", "two") == "1:11+3");
    CHECK(place_of("a: \"\\u00e9\\t\\\"two\"\n", "two") == "1:15+3");
    CHECK(place_of("a: \"x\\\n   two\"\n", "two") == "2:4+3");
    CHECK(place_of("a: one\n   two\n", "two") == "2:4+3");
    CHECK(place_of("a: |\n  one\n    two\n", "two") == "3:5+3");
    CHECK(place_of("a: >-\n  one\n  é two\n", "two") == "3:5+3");
    CHECK(place_of("a: 'one    two'\n", "  two") == "1:10+5");
}

TEST_CASE("an alias means a copy that keeps its places", "[language]") {
    const auto tree = tree_of("base: &base {n: 1}\nuse: [*base, *base]\n");

    const auto& used = tree.find("use")->items()[1];
    CHECK(used.find("n")->text() == "1");
    CHECK(to_text(used.find("n")->place()) == "1:17+1");
    CHECK(tree.size() == 8);
}

TEST_CASE("a duplicate key is an error and the first one stays", "[language]") {
    const std::string text = "a: 1\nb: {c: 1, c: 2}\na: 3\n";

    CHECK(findings_of(text) == Lines{"2:11+1 duplicate-key: the key 'c' appears here a second time "
                                     "(the first is in line 2; keep one of them)",
                                     "3:1+1 duplicate-key: the key 'a' appears here a second time "
                                     "(the first is in line 1; keep one of them)"});
    Diagnostics diagnostics;
    CHECK(parse_yaml({"f", text}, diagnostics)->find("a")->text() == "1");
}

TEST_CASE("a tab before a value is an error at the tab", "[language]") {
    CHECK(findings_of("a:\n\tb: 1\n") ==
          Lines{"2:1+1 yaml: tab character may not be used as indentation (indent with blanks)"});
    CHECK(findings_of("a: \t1\n") == Lines{"1:4+1 tab: a tab appears here (use blanks)"});
    CHECK(findings_of("a: 1 \t# tabs before comments and in texts\nb: 'x\ty'\n").empty());
}

TEST_CASE("only the core tags mean something", "[language]") {
    CHECK(findings_of("a: !degrees 5\nb: !!binary aGk=\nc: !!set {x}\n") ==
          Lines{"1:4+8 unknown-tag: the tag '!degrees' means nothing here "
                "(leave it out; quotes make a text of anything)",
                "2:4+8 unknown-tag: the tag '!!binary' means nothing here "
                "(leave it out; quotes make a text of anything)",
                "3:4+5 unknown-tag: the tag '!!set' means nothing here "
                "(leave it out; quotes make a text of anything)"});
    CHECK(findings_of("a: !!int ten\n") ==
          Lines{"1:4+5 wrong-tag: 'ten' is not what the tag '!!int' says (leave the tag out)"});

    const auto tree = tree_of("a: !!str 5\nb: !!int '5'\nc: !!map {}\nd: !!float 1\ne: !!null\n");
    CHECK(scalar_of(*tree.find("a")) == Scalar("5"));
    CHECK(scalar_of(*tree.find("b")) == Scalar(std::int64_t{5}));
    CHECK(tree.find("e")->is_null());
}

TEST_CASE("keys that surprise are errors at their place", "[language]") {
    CHECK(findings_of("a: &a {x: 1}\nb:\n  <<: *a\n") ==
          Lines{"3:3+2 merge-key: the merge key '<<' is not supported "
                "(write out the keys that it would merge)"});
    CHECK(findings_of("? [a, b]\n: 1\n? {c: d}\n: 2\n") ==
          Lines{"1:3+1 bad-key: a list cannot be a key (a key is one word or quoted text)",
                "3:3+1 bad-key: a map cannot be a key (a key is one word or quoted text)"});
    CHECK(findings_of("a: &a x\n*a : 1\n") ==
          Lines{"2:1+2 bad-key: an alias cannot be a key (a key is one word or quoted text)"});
    CHECK(findings_of(": 1\n") ==
          Lines{"1:1+1 missing-key: a key is missing (write 'key: value')"});
    CHECK(findings_of("'${params.x}': 1\n") ==
          Lines{"1:1+13 reference-in-key: a key cannot hold a reference "
                "(use references in values only)"});
    CHECK(findings_of("'<<': 1\n'': 2\n").empty());
}

TEST_CASE("after a bad key the rest of the map is still read", "[language]") {
    Diagnostics diagnostics;
    const auto tree = parse_yaml({"f", "[x, {y: 1}]: {z: 2}\nb: 3\nb: 4\n"}, diagnostics);

    REQUIRE(tree);
    CHECK(tree->keys() == Lines{"b"});
    CHECK(diagnostics.errors() == 2);
}

TEST_CASE("aliases that lead nowhere or into themselves are errors", "[language]") {
    CHECK(findings_of("a: &basis 1\nb: *bassi\n") ==
          Lines{"2:4+6 unknown-alias: nothing above is marked '&bassi' (did you mean 'basis'?)"});
    CHECK(findings_of("a: *b\n") ==
          Lines{"1:4+2 unknown-alias: nothing above is marked '&b' "
                "(a text that begins with '*' needs quotes: '*/5 * * * *')"});
    CHECK(findings_of("a: &a [1, *a]\n") == Lines{"1:11+2 alias-loop: '*a' appears within itself"});
}

TEST_CASE("an unquoted cron line is one mistake, with the way out of it", "[language]") {
    const Lines quote_it{
        "1:7+3 unknown-alias: nothing above is marked '&/5' "
        "(a text that begins with '*' needs quotes: '*/5 * * * *')"};
    CHECK(findings_of("cron: */5 * * * *\n") == quote_it);
    CHECK(findings_of("cron: */5 1,2 * * *\n") == quote_it);
    CHECK(findings_of("cron: * * * * *\n") ==
          Lines{"1:8+1 yaml: invalid alias detected "
                "(a text that begins with '*' needs quotes: '*/5 * * * *')"});
}

TEST_CASE("a file holds one document of YAML 1.2", "[language]") {
    CHECK(findings_of("a: 1\n---\nb: 2\n") ==
          Lines{"2:1+3 second-document: a second document begins here "
                "(a file holds one pipeline; put the other into its own file)"});
    CHECK(findings_of("%YAML 1.1\n---\na: 1\n") ==
          Lines{"1:1+9 yaml-version: this file says that it is YAML 1.1 "
                "(trommel reads YAML 1.2; leave the line out)"});
    CHECK(findings_of("%YAML 1.2\n---\na: 1\n...\n").empty());
}

TEST_CASE("an empty file is an error", "[language]") {
    const Lines empty{"0:0+0 empty: the file is empty (`trommel init` writes one to begin with)"};
    CHECK(findings_of("") == empty);
    CHECK(findings_of("# nothing yet\n") == empty);
    CHECK(findings_of("---\n~\n") == empty);
}

TEST_CASE("what is not text is refused where it begins", "[language]") {
    CHECK(
        findings_of("a: 1\nb: é\xff\n") ==
        Lines{"2:5+1 encoding: the file is not UTF-8 from here on (save the file as UTF-8 text)"});
    CHECK(findings_of("a: \xed\xa0\x80\n").front().starts_with("1:4+1 encoding: the file is not"));
    CHECK(findings_of("a: \xc0\xaf\n").front().starts_with("1:4+1 encoding: the file is not"));
    CHECK(findings_of("a: \xe2\x82").front().starts_with("1:4+1 encoding: the file is not"));
    CHECK(findings_of(std::string("a: 1\0b", 6)) ==
          Lines{"1:5+1 encoding: the control character U+0000 is not allowed "
                "(save the file as UTF-8 text)"});
}

TEST_CASE("broken YAML is told with its place and a hint", "[language]") {
    CHECK(findings_of("a: {b: 1\nc: 2\n") == Lines{"2:2+1 yaml: missing comma in flow mapping "
                                                   "(the '{' of line 1, column 4 is still open)"});
    CHECK(findings_of("a: [1, 2\n") == Lines{"2:1+1 yaml: flow sequence without a closing bracket "
                                             "(the '[' of line 1, column 4 is still open)"});
    CHECK(findings_of("with: {batch: ${params.batch}}\n") ==
          Lines{"1:16+1 yaml: missing comma in flow mapping "
                "(within {} and [] a reference needs quotes: '${...}')"});
    CHECK(findings_of("a: b: c\n") ==
          Lines{"1:5+1 yaml: invalid nested block mapping on the same line "
                "(put text that contains ': ' in quotes)"});
    CHECK(findings_of("a: @x\n") ==
          Lines{"1:4+1 yaml: plain scalar cannot start with '@' (put the text in quotes)"});
    CHECK(findings_of("a: 'x\n") ==
          Lines{"1:5+1 yaml: single-quoted scalar without closing quote "
                "(the text begins here and its closing quote is missing)"});
    CHECK(findings_of("a: \"\\q\"\n") ==
          Lines{"1:5+2 yaml: invalid escape 'q' in double-quoted string "
                "(in single quotes a backslash is an ordinary character)"});
}

TEST_CASE("faults before broken YAML are told with it", "[language]") {
    const auto found = findings_of("a: 1\na: 2\nb: ]\n");
    REQUIRE(found.size() == 2);
    CHECK(found[0].starts_with("2:1+1 duplicate-key"));
    CHECK(found[1] ==
          "3:4+1 yaml: flow sequence with invalid extra closing bracket (is there one too many?)");
}

TEST_CASE("messages name a value without printing secrets or whole texts", "[language]") {
    const auto text = Node::scalar({}, "hunter2");
    CHECK(describe(text) == "'hunter2'");
    CHECK(describe(text.as_secret()) == "a secret");
    CHECK(describe(Node::list({}, {})) == "a list");
    CHECK(describe(Node::map({}, {})) == "a map");
    CHECK(describe(Node::null({})) == "nothing");
    CHECK(describe(Node::scalar({}, std::string(39, 'x') + "éé")) ==
          "'" + std::string(39, 'x') + "...'");
}

}  // namespace trommel
