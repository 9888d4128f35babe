#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::lint;
using test::read;
using test::with_stages;

namespace {

constexpr auto loop =
    "  a: {uses: tags, with: {preselected: '${state.labeled}'}}\n"
    "  b: {uses: think, from: a}\n"
    "  c: {uses: choose, from: b, with: {n_new: '${params.batch}'}, writes: labeled}\n"
    "  d: {uses: measure, from: a}\n";

std::string with_rounds(const std::string& rounds) {
    return with_stages(loop) + "rounds: " + rounds + "\n";
}

}  // namespace

TEST_CASE("a good file is read as it is written", "[pipeline]") {
    const auto pipeline = read(
        with_rounds("{max: 7, until: 'metrics.d.accuracy > params.goal', on_exhausted: fail}"));

    CHECK(pipeline.name == "test");
    CHECK(pipeline.stages.size() == 4);
    CHECK(pipeline.find_stage("c")->writes == "labeled");
    CHECK(pipeline.find_stage("d")->metrics == std::vector<std::string>{"accuracy"});
    CHECK(pipeline.rounds.max == 7);
    CHECK(pipeline.rounds.on_exhausted == RoundsSpec::OnExhausted::fail);
    CHECK(std::get<std::int64_t>(std::get<RandomSamples>(*pipeline.state[0].init).amount) == 2);
    CHECK_FALSE(pipeline.platform.database);
}

TEST_CASE("all that is wrong is said in one pass", "[pipeline]") {
    const auto found = lint(
        "version: 2\nnmae: x\nstages:\n  a: {uses: tgas}\n  b: {uses: think, from: [a, z], with: "
        "{loud: 3}}\n");
    CHECK_THAT(found, Contains("reads version 1"));
    CHECK_THAT(found, Contains("has no key 'nmae'") && Contains("did you mean 'name'?"));
    CHECK_THAT(found, Contains("needs the key 'name'"));
    CHECK_THAT(found, Contains("needs the key 'dataset'"));
    CHECK_THAT(found,
               Contains("there is no kind of stage 'tgas'") && Contains("did you mean 'tags'?"));
    CHECK_THAT(found, Contains("there is no stage 'z'"));
    CHECK_THAT(found, Contains("'loud' must be a boolean"));
}

TEST_CASE("an until that names what no stage measures is refused at its place", "[pipeline]") {
    const auto found = lint(with_rounds("{max: 3, until: 'metrics.d.acuracy > 0.9'}"));
    CHECK_THAT(found, Contains("p.yaml:11:26: error"));
    CHECK_THAT(found, Contains("metrics.d.acuracy") && Contains("metrics.d.accuracy"));
}

TEST_CASE("an until must be true or false", "[pipeline]") {
    CHECK_THAT(lint(with_rounds("{max: 3, until: 'round'}")), Contains("error"));
    CHECK_THAT(lint(with_rounds("{max: 3, until: 'round > '}")), Contains("error"));
    CHECK_THAT(lint(with_rounds("{max: 0}")),
               Contains("'max' must be an integer, at least 1, not '0'"));
}

TEST_CASE("a reference to nothing is an error where it appears", "[pipeline]") {
    const auto found =
        lint(with_stages("  a: {uses: tags, with: {preselected: '${state.labelled}'}}\n"));
    CHECK_THAT(found, Contains("p.yaml:7:"));
    CHECK_THAT(found, Contains("did you mean") && Contains("labeled"));
}

TEST_CASE("a param can be given another value, which must fit", "[pipeline]") {
    const auto yaml = with_rounds("{max: 3}");
    const auto pipeline = read(yaml, {{"batch", "9"}});
    CHECK(pipeline.params.at("batch").text() == "9");
    CHECK_THROWS_WITH(read(yaml, {{"bach", "9"}}),
                      Contains("declares no param 'bach'") && Contains("batch"));
    CHECK_THROWS_WITH(read(yaml, {{"batch", "many"}}),
                      Contains("'batch' must be an integer, not 'many'"));
}

TEST_CASE("a long param has bounds, choices and a default", "[pipeline]") {
    const std::string head =
        "version: 1\nname: test\ndataset: {name: pool, embeddings: p.csv}\nstages: {a: {uses: "
        "tags}}\n";
    CHECK(lint(head + "params: {n: {type: int, default: 2, min: 1, max: 3}}\n") == "");
    CHECK_THAT(lint(head + "params: {n: {type: int, default: 5, max: 3}}\n"),
               Contains("at most 3, not '5'"));
    CHECK_THAT(lint(head + "params: {n: {type: int}}\n"),
               Contains("param 'n' has no default and was not given") && Contains("--set n=VALUE"));
    CHECK_THAT(lint(head + "params: {m: {type: enum, of: [A, B], default: C}}\n"),
               Contains("one of A, B, not 'C'"));
    CHECK_THAT(lint(head + "params: {m: {type: itn, default: 1}}\n"),
               Contains("did you mean 'int'?"));
}

TEST_CASE("a baseline is the same pipeline with other params", "[pipeline]") {
    const auto pipeline = read(with_rounds("{max: '${params.batch}'}") + "baseline: {batch: 6}\n");
    REQUIRE(pipeline.baseline);
    CHECK(pipeline.rounds.max == 4);
    CHECK(pipeline.baseline->rounds.max == 6);
    CHECK_THAT(lint(with_rounds("{max: 3}") + "baseline: {bacth: 6}\n"),
               Contains("'baseline' sets 'bacth', which is not a param") &&
                   Contains("did you mean 'batch'?"));
}

TEST_CASE("only what sends a tag can write a state, and the state must be there", "[pipeline]") {
    CHECK_THAT(
        lint(with_stages("  a: {uses: tags}\n  b: {uses: think, from: a, writes: labeled}\n")),
        Contains("'think' sends no tag, so it cannot write a state"));
    CHECK_THAT(lint(with_stages("  a: {uses: tags, writes: labelled}\n")),
               Contains("there is no state 'labelled'") && Contains("did you mean 'labeled'?"));
}

TEST_CASE("a stage that measures on held-out samples needs some", "[pipeline]") {
    CHECK_THAT(lint("version: 1\nname: test\ndataset: {name: pool, embeddings: p.csv}\n"
                    "stages: {a: {uses: tags}, m: {uses: measure, from: a}}\n"),
               Contains("error[no-holdout]") && Contains("holdout: {random: {share: 20%}}"));
}

TEST_CASE("a set of samples is one of a tag, a file and a draw", "[pipeline]") {
    const auto state = [](const std::string& init) {
        return lint(
            "version: 1\nname: test\ndataset: {name: pool, embeddings: p.csv}\nstate: {s: {init: " +
            init + "}}\nstages: {a: {uses: tags}}\n");
    };
    CHECK(state("{tag: old}") == "");
    CHECK(state("{names: first.txt}") == "");
    CHECK(state("{random: {share: 1%, seed: 3}}") == "");
    CHECK_THAT(state("{tag: old, names: first.txt}"), Contains("must be one of"));
    CHECK_THAT(state("{random: {n: 1, share: 1%}}"), Contains("needs either 'n' or 'share'"));
    CHECK_THAT(state("{random: 0}"), Contains("at least 1"));
    CHECK_THAT(state("{random: {share: 2}}"), Contains("at most 1"));
}

TEST_CASE("the embedded platform keeps its database where it is told to", "[pipeline]") {
    CHECK(read(with_rounds("{max: 1}") + "platform: embedded\n").platform.database == std::nullopt);
    CHECK(*read(with_rounds("{max: 1}") + "platform: {embedded: x.db}\n").platform.database ==
          "/data/x.db");
    CHECK_THAT(lint(with_rounds("{max: 1}") + "platform: cloud\n"),
               Contains("there is no platform 'cloud'"));
}

TEST_CASE("a platform may be a server, whose token is a secret", "[pipeline]") {
    ::setenv("TROMMEL_TEST_TOKEN", "0123456789abcdef", 1);
    const auto text = [](const std::string& platform) {
        return with_rounds("{max: 1}") + "secrets: {lightly: {env: TROMMEL_TEST_TOKEN}}\n" +
               "platform: " + platform + "\n";
    };
    const auto pipeline =
        read(text("{url: 'https://h:8443/api', token: '${secrets.lightly}', ca_file: ca.pem}"));
    REQUIRE(pipeline.platform.remote);
    CHECK(pipeline.platform.outlives_runs());
    CHECK(pipeline.platform.remote->url == "https://h:8443/api");
    CHECK(pipeline.platform.remote->token == "0123456789abcdef");
    CHECK(pipeline.platform.remote->ca_file == "/data/ca.pem");
    CHECK_THAT(resolved_yaml(pipeline), Contains("${secrets.lightly}"));
    CHECK_THAT(resolved_yaml(pipeline), !Contains("0123456789abcdef"));
    CHECK(lint(text("{url: 'http://127.0.0.1:8080'}")) == "");

    CHECK_THAT(lint(text("{url: '127.0.0.1:8080'}")), Contains("neither http:// nor https://"));
    CHECK_THAT(lint(text("{url: 'http://h', token: plain-to-see}")),
               Contains("the token would be seen here"));
    CHECK_THAT(lint(text("{url: 'http://h/${secrets.lightly}'}")),
               Contains("'secrets.lightly' would be seen here"));
    CHECK_THAT(lint(text("{url: 'http://h', embedded: x.db}")), Contains("has no key 'embedded'"));
    CHECK_THAT(lint(text("{token: '${secrets.lightly}'}")), Contains("embedded"));
    ::unsetenv("TROMMEL_TEST_TOKEN");
}

}  // namespace trommel
