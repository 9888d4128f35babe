#include "trommel/pipeline/language/interpolation.hpp"

#include "pipeline/language/findings.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

namespace trommel {
namespace {

/// Params and environment, a secret, and a state that is known only while a pipeline runs.
Scope make_scope() {
    const auto params = tree_of(
        "batch: 20\nshare: 0.50\nhex: 0x10\nname: road\nlist: [1, 2]\nnone: ~\nempty: ''\n"
        "train: {rate: 0.1}\nsneaky: 'x$${y}'\nlate: '${state.labeled}'\n");
    const auto secret = Node::scalar({}, "hunter2", Node::Form::quoted).as_secret();
    Scope scope;
    scope.set("params", scope_root_of(params));
    scope.set("env", scope_root_of(tree_of("PORT: 80\nEMPTY:\nTRICK: '${params.batch}'\n")));
    scope.set("secrets", scope_root_of(Node::map({}, {{"token", {}, secret}})));
    scope.set("state", deferred_root({"labeled", "labeled.count"}));
    scope.set("round", scope_root_of(Node::scalar({}, "3")));
    return scope;
}

/// The value of `v:` in `text` after resolution, and what was found wrong.
struct Resolved {
    Node value;
    Lines found;
};

Resolved resolved(const std::string& text) {
    Diagnostics diagnostics;
    const auto tree = resolve(tree_of(text), make_scope(), diagnostics);
    return {*tree.find("v"), findings(diagnostics)};
}

Scalar value_of(const std::string& text) {
    const auto outcome = resolved(text);
    CHECK(outcome.found == Lines{});
    return scalar_of(outcome.value);
}

}  // namespace

TEST_CASE("a whole reference keeps the type of its value", "[language]") {
    CHECK(value_of("v: ${params.batch}\n") == Scalar(std::int64_t{20}));
    CHECK(value_of("v: '${params.share}'\n") == Scalar(0.5));
    CHECK(value_of("v: ${params.name}\n") == Scalar("road"));
    CHECK(value_of("v: ${params.train.rate}\n") == Scalar(0.1));
    CHECK(value_of("v: ${round}\n") == Scalar(std::int64_t{3}));
    CHECK(resolved("v: ${params.none}\n").value.is_null());
    CHECK(value_of("v: ${params.empty}\n") == Scalar(""));
}

TEST_CASE("a reference may mean a list or a map", "[language]") {
    const auto list = resolved("v: ${params.list}\n").value;
    REQUIRE(list.is_list());
    CHECK(list.items()[1].text() == "2");
    CHECK(resolved("v: ${params.train}\n").value.find("rate")->text() == "0.1");
}

TEST_CASE("among other text a value is written in its canonical form", "[language]") {
    CHECK(value_of("v: a-${params.hex}-${params.share}.csv\n") == Scalar("a-16-0.5.csv"));
    CHECK(value_of("v: '8${params.batch}'\n") == Scalar("820"));
    CHECK(value_of("v: 'x${params.none}y'\n") == Scalar("xy"));
}

TEST_CASE("two dollars are a literal one", "[language]") {
    CHECK(value_of("v: '$${params.batch}'\n") == Scalar("${params.batch}"));
    CHECK(value_of("v: '$$${params.batch}'\n") == Scalar("$${params.batch}"));
    CHECK(value_of("v: 'costs $5, $$6, 7$'\n") == Scalar("costs $5, $$6, 7$"));
}

TEST_CASE("a default appears in for what is unset or empty, with its type", "[language]") {
    CHECK(value_of("v: ${env.PORT:-8080}\n") == Scalar(std::int64_t{80}));
    CHECK(value_of("v: ${env.MISSING:-8080}\n") == Scalar(std::int64_t{8080}));
    CHECK(value_of("v: ${env.EMPTY:-8080}\n") == Scalar(std::int64_t{8080}));
    CHECK(value_of("v: ${matrix.seed:-none}\n") == Scalar("none"));
    CHECK(value_of("v: 'http://${env.HOST:-local-host}:${env.MISSING:-8080}/'\n") ==
          Scalar("http://local-host:8080/"));
    CHECK(resolved("v: '${env.MISSING:-}'\n").value.is_null());
}

TEST_CASE("what is unset is an error at its name", "[language]") {
    CHECK(
        resolved("v: 'x-${params.bacth}'\n").found ==
        Lines{"1:9+12 unset-reference: 'params.bacth' is not set (did you mean 'params.batch'?)"});
    CHECK(resolved("v: ${params.temperature}\n").found ==
          Lines{"1:6+18 unset-reference: 'params.temperature' is not set "
                "(declare it under 'params')"});
    CHECK(resolved("v: ${env.HOME_OF_DATA}\n").found ==
          Lines{"1:6+16 unset-reference: 'env.HOME_OF_DATA' is not set "
                "(set it in the environment, or write ${env.HOME_OF_DATA:-...} with a default)"});
    CHECK(resolved("v: ${state.labled}\n").found ==
          Lines{"1:6+12 unset-reference: 'state.labled' is not set "
                "(did you mean 'state.labeled'?)"});
    CHECK(resolved("v: ${matrix.seed}\n").found ==
          Lines{"1:6+11 unset-reference: 'matrix.seed' is not set"});
}

TEST_CASE("an unknown root is an error that lists the roots", "[language]") {
    CHECK(resolved("v: ${parms.batch}\n").found ==
          Lines{"1:6+5 unknown-reference: 'parms' is not among params, env, secrets, state, "
                "matrix, round and run (did you mean 'params'?)"});
}

TEST_CASE("a malformed reference is an error", "[language]") {
    CHECK(resolved("v: 'a ${params.batch'\n").found ==
          Lines{"1:7+2 bad-reference: this '${' has no '}' (for a literal '${' write '$${')"});
    for (const std::string bad :
         {"${}", "${params.}", "${.x}", "${params..x}", "${a b}", "${env.X-1:8}"})
        CHECK(resolved("v: '" + bad + "'\n").found ==
              Lines{fmt::format("1:5+{} bad-reference: this is not a reference "
                                "(write ${{params.batch}} or ${{env.PORT:-8080}})",
                                bad.size())});
    CHECK(resolved("v: '${env.X:-${env.Y}}'\n").found ==
          Lines{"1:14+2 bad-reference: a reference appears within a reference "
                "(give it a name of its own in params)"});
}

TEST_CASE("all faults of one scalar are told at once", "[language]") {
    const auto found = resolved("v: '${params.a1} ${params.b1} ${params.batch}'\n").found;
    REQUIRE(found.size() == 2);
    CHECK(found[0].starts_with("1:7+9 unset-reference: 'params.a1'"));
    CHECK(found[1].starts_with("1:20+9 unset-reference: 'params.b1'"));
}

TEST_CASE("a list cannot appear within a text", "[language]") {
    CHECK(resolved("v: 'x${params.list}'\n").found ==
          Lines{"1:6+14 not-text: 'params.list' is a list, which cannot appear within a text "
                "(let the reference be the whole value)"});
}

TEST_CASE("what a value holds is never taken for a reference", "[language]") {
    Diagnostics diagnostics;
    const auto trick = Node::scalar({}, "${params.batch}", Node::Form::quoted).as_final();
    auto scope = make_scope();
    scope.set("env", scope_root_of(Node::map({}, {{"TRICK", {}, trick}})));

    auto tree = resolve(tree_of("v: ${env.TRICK}\nw: 'x ${env.TRICK}'\n"), scope, diagnostics);
    tree = resolve(tree, scope, diagnostics);

    CHECK(tree.find("v")->text() == "${params.batch}");
    CHECK(tree.find("w")->text() == "x ${params.batch}");
    CHECK_FALSE(has_references(tree));
}

TEST_CASE("an escaped dollar stays literal when a tree is resolved twice", "[language]") {
    Diagnostics diagnostics;
    const auto once = resolve(tree_of("v: '$${params.batch}'\n"), make_scope(), diagnostics);
    const auto twice = resolve(once, make_scope(), diagnostics);

    CHECK(twice.find("v")->text() == "${params.batch}");
}

TEST_CASE("what is known only at run time stays for later", "[language]") {
    const auto later = resolved("v: 'x-${state.labeled}-${params.batch}'\n");
    CHECK(later.found == Lines{});
    CHECK(later.value.text() == "x-${state.labeled}-${params.batch}");
    CHECK(has_references(later.value));

    auto scope = make_scope();
    scope.set("state", scope_root_of(tree_of("labeled: round-1\n")));
    Diagnostics diagnostics;
    CHECK(resolve(later.value, scope, diagnostics).text() == "x-round-1-20");
}

TEST_CASE("a value that waits for run time makes its readers wait", "[language]") {
    const auto outcome = resolved("v: ${params.late}\n");
    CHECK(outcome.found == Lines{});
    CHECK(has_references(outcome.value));
}

TEST_CASE("what a secret is part of is secret", "[language]") {
    CHECK(describe(resolved("v: ${secrets.token}\n").value) == "a secret");
    CHECK(describe(resolved("v: 'Bearer ${secrets.token}'\n").value) == "a secret");
    CHECK(resolved("v: 'Bearer ${secrets.token}'\n").value.text() == "Bearer hunter2");
    CHECK_FALSE(resolved("v: ${params.batch}\n").value.is_secret());
}

TEST_CASE("a value appears where its reference appears", "[language]") {
    CHECK(to_text(resolved("v: ${params.batch}\n").value.place()) == "1:4+15");
    CHECK(to_text(resolved("v: ${params.list}\n").value.place()) == "1:4+14");
    CHECK(to_text(resolved("v: 'x-${params.name}'\n").value.place_at(2, 1)) == "1:4+18");
}

TEST_CASE("references are resolved throughout a tree and the rest is left alone", "[language]") {
    const auto value = resolved("v: {a: [1, {b: '${params.name}'}], c: no}\n").value;
    CHECK(value.find("a")->items()[1].find("b")->text() == "road");
    CHECK(value.find("c")->text() == "no");
    CHECK(to_text(value.find("c")->place()) == "1:39+2");
}

TEST_CASE("a list may not be referred to until it fills the memory", "[language]") {
    std::string big = "big: [";
    for (int i = 0; i < 1000; ++i) big += "1, ";
    Scope scope;
    scope.set("params", scope_root_of(tree_of(big + "1]\n")));
    std::string text = "v:\n";
    for (int i = 0; i < 200; ++i) text += "  - ${params.big}\n";

    Diagnostics diagnostics;
    const auto tree = resolve(tree_of(text), scope, diagnostics);

    CHECK(tree.size() <= max_yaml_nodes + 1000);
    CHECK(findings(diagnostics).front() ==
          "101:5+13 too-many-nodes: references bring in more than 100000 values "
          "(keep data in files of their own and name them here)");
}

TEST_CASE("a scalar is taken to pieces with their places", "[language]") {
    Diagnostics diagnostics;
    const auto parts =
        parse_template(Node::scalar({1, 1, 1}, "a${env.P:-8}b", Node::Form::quoted), diagnostics);

    REQUIRE(parts);
    REQUIRE(parts->pieces.size() == 3);
    const auto& reference = std::get<Reference>(parts->pieces[1]);
    CHECK(reference.root == "env");
    CHECK(reference.path == "P");
    CHECK(reference.fallback == "8");
    CHECK(reference.offset == 1);
    CHECK(reference.length == 11);
    CHECK(parts->whole() == nullptr);
}

}  // namespace trommel
