#include "trommel/pipeline/stage/secrets.hpp"

#include "pipeline/fake_stages.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace trommel {

using Catch::Matchers::Contains;
using test::lint;
using test::with_stages;

namespace {

/// A good file but for its secrets, and for what else is put after the head.
std::string with_secrets(const std::string& secrets, const std::string& rest = "") {
    return with_stages("  a: {uses: tags}\n") + "secrets: " + secrets + "\n" + rest;
}

/// Sets an environment variable for a scope.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    const char* name_;
};

}  // namespace

TEST_CASE("a secret comes from the environment or from a file, whose last line end is none of it",
          "[pipeline]") {
    const test::TempDir folder;
    const auto file = folder.write("token", "from a file\r\n");
    const Variable variable("TEST_SECRET", "from the environment");
    const auto pipeline =
        test::read(with_secrets("{one: {env: TEST_SECRET}, two: {file: " + file.string() + "}}"));

    CHECK(pipeline.secrets.values() ==
          std::map<std::string, std::string>{{"one", "from the environment"},
                                             {"two", "from a file"}});
}

TEST_CASE("a secret that is not there is an error at its line", "[pipeline]") {
    CHECK_THAT(lint(with_secrets("{one: {env: TEST_NO_SECRET}}")),
               Contains("p.yaml:8:22: error[unset-secret]: secret 'one': the environment variable "
                        "'TEST_NO_SECRET' is not set"));
    CHECK_THAT(lint(with_secrets("{one: {file: no-such-file}}")),
               Contains("p.yaml:8:23: error[unset-secret]: secret 'one': /data/no-such-file cannot "
                        "be read: No such file or directory"));
    const Variable blank("TEST_BLANK_SECRET", "            ");
    CHECK_THAT(lint(with_secrets("{one: {env: TEST_BLANK_SECRET}}")),
               Contains("error[unset-secret]: secret 'one' holds only blanks"));
    const test::TempDir folder;
    for (const auto* content : {"", "\n", "           \n"}) {
        const auto file = folder.write("empty", content).string();
        CHECK_THAT(lint(with_secrets("{one: {file: " + file + "}}")),
                   Contains("error[unset-secret]: secret 'one': " + file + " is empty"));
    }
}

TEST_CASE("a secret file that others may write is an error, one that they may read a warning",
          "[pipeline]") {
    const test::TempDir folder;
    const auto file = folder.write("token", "from a file\n");
    using std::filesystem::perms;
    const auto others = [&](perms more) {
        std::filesystem::permissions(file, perms::owner_read | perms::owner_write | more);
        return lint(with_secrets("{one: {file: " + file.string() + "}}"));
    };
    CHECK_THAT(others(perms::others_write),
               Contains("error[unset-secret]") && Contains("may be written by others"));
    CHECK_THAT(others(perms::group_read),
               Contains("warning[open-secret]") && Contains("may be read by others"));
    CHECK_THAT(others(perms::none), !Contains("secret"));
    CHECK_THAT(lint(with_secrets("{one: {}}")), Contains("needs either 'env' or 'file'"));
    CHECK_THAT(lint(with_secrets("{one: {env: HOME, file: x}}")),
               Contains("needs either 'env' or 'file'"));
    CHECK_THAT(lint(with_secrets("{one: {vault: x}}")), Contains("has no key 'vault'"));
}

TEST_CASE("what refers to a secret that is not there is no error of its own", "[pipeline]") {
    const auto errors =
        lint(with_secrets("{one: {env: TEST_NO_SECRET}}\n"
                          "platform: {url: 'http://host', token: '${secrets.one}'}\n"
                          "hooks: {x: {on: run_finished, url: 'http://host', secret: "
                          "'${secrets.one}'}}"));
    CHECK_THAT(errors, Contains("error[unset-secret]"));
    CHECK(errors.find("error[") == errors.rfind("error["));
}

TEST_CASE("a secret too short to be told from other text is refused", "[pipeline]") {
    const Variable variable("TEST_SECRET", "1234567");
    CHECK_THAT(lint(with_secrets("{one: {env: TEST_SECRET}}")),
               Contains("error[short-secret]: secret 'one' is shorter than 8 bytes"));
}

TEST_CASE("a secret where it would be seen is an error at the reference", "[pipeline]") {
    const Variable variable("TEST_SECRET", "open sesame");
    const auto refusal = "error[exposed-secret]: 'secrets.one' would be seen here";
    const auto secrets = [](const std::string& rest) {
        return lint(with_secrets("{one: {env: TEST_SECRET}}", rest));
    };

    CHECK_THAT(secrets("limits: {x: {rate: '5/s${secrets.one}'}}\n"),
               Contains("p.yaml:9:24: " + std::string(refusal)));
    CHECK_THAT(secrets("rounds: {max: '${secrets.one}'}\n"), Contains(refusal));
    CHECK_THAT(secrets("platform: '${secrets.one}'\n"), Contains(refusal));
    CHECK_THAT(secrets("hooks: {h: {on: run_failed, command: [x, '${secrets.one}']}}\n"),
               Contains(refusal));
    CHECK_THAT(lint(with_stages("  a: {uses: tags, with: {preselected: '${secrets.one}'}}\n"
                                "  b: {uses: think, from: a, with: {about: ['${secrets.one}']}}\n"
                                "secrets: {one: {env: TEST_SECRET}}\n")),
               Contains("p.yaml:7:40: " + std::string(refusal)) &&
                   Contains("p.yaml:8:45: " + std::string(refusal)) && !Contains("open sesame"));
}

TEST_CASE("a secret cannot become a param", "[pipeline]") {
    const Variable variable("TEST_SECRET", "open sesame");
    const auto found = lint(
        "version: 1\nname: test\ndataset: {name: pool, embeddings: pool.csv}\n"
        "params: {token: '${secrets.one}'}\nsecrets: {one: {env: TEST_SECRET}}\n"
        "stages: {a: {uses: tags}}\n");
    CHECK_THAT(found,
               Contains("p.yaml:4:18: error[exposed-secret]") && !Contains("unset-reference"));
}

TEST_CASE("a secret that nobody has declared is proposed", "[pipeline]") {
    const Variable variable("TEST_SECRET", "open sesame");
    CHECK_THAT(lint(with_secrets("{token: {env: TEST_SECRET}}",
                                 "hooks: {h: {on: run_failed, command: x, env: {A: "
                                 "'${secrets.tokn}'}}}\n")),
               Contains("'secrets.tokn' is not set") && Contains("did you mean 'secrets.token'?"));
}

TEST_CASE("the resolved file has the reference, and no value that came another way", "[pipeline]") {
    const Variable variable("TEST_SECRET", "open sesame");
    const auto yaml = resolved_yaml(test::read(
        with_stages("  a: {uses: tags}\n"
                    "  b: {uses: think, from: a, with: {about: ['${env.TEST_SECRET}']}}\n") +
        "secrets: {one: {env: TEST_SECRET}}\n"
        "hooks: {h: {on: run_failed, command: x, env: {A: '${secrets.one}'}}}\n"));

    CHECK_THAT(yaml,
               Contains("A: \"${secrets.one}\"") && Contains("env: TEST_SECRET") &&
                   Contains("***") && !Contains("open sesame"));
}

TEST_CASE("values are hidden in texts, whole, within each other and cut off at the begin",
          "[pipeline]") {
    Secrets secrets;
    secrets.add("long", "open sesame, please");
    secrets.add("short", "open sesame");

    CHECK(secrets.redacted("a open sesame, please b open sesame c") == "a *** b *** c");
    CHECK(secrets.redacted("same, please: denied") == "***: denied");
    CHECK(secrets.redacted("nothing") == "nothing");
    CHECK(secrets.find_in("say open sesame") == "short");
    CHECK(secrets.find_in("say nothing") == std::nullopt);
}

}  // namespace trommel
