#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using namespace std::chrono_literals;

namespace {

std::string with_hook(const std::string& hook) {
    return test::with_stages("  a: {uses: tags}\n") + "hooks:\n  tell: " + hook + "\n";
}

}  // namespace

TEST_CASE("a hook has its events, its program and what becomes of its failure", "[pipeline]") {
    const auto pipeline = test::read(
        with_hook("{on: [run_started, round_finished], command: [sh, tell.sh], env: {TO: me}, "
                  "timeout: 5s, on_error: fail}"));

    REQUIRE(pipeline.hooks.size() == 1);
    const auto& hook = pipeline.hooks[0];
    CHECK(hook.name == "tell");
    CHECK(hook.on == std::vector{HookEvent::run_started, HookEvent::round_finished});
    CHECK(hook.command.argv == std::vector<std::string>{"sh", "tell.sh"});
    CHECK(hook.command.folder == "/data");
    CHECK(hook.env == EnvironmentVariables{{"TO", "me"}});
    CHECK(hook.timeout == 5s);
    CHECK(hook.fails_run);
}

TEST_CASE("a hook in short warns when it fails and has thirty seconds", "[pipeline]") {
    const auto hook = test::read(with_hook("{on: run_failed, command: ./tell}")).hooks.at(0);
    CHECK(hook.command.argv == std::vector<std::string>{"./tell"});
    CHECK(hook.timeout == 30s);
    CHECK(!hook.fails_run);
}

namespace {

/// With a webhook and the secret that signs.
std::string with_webhook(const std::string& hook, const std::string& secret) {
    ::setenv("TROMMEL_TEST_KEY", secret.c_str(), 1);
    return "secrets: {key: {env: TROMMEL_TEST_KEY}}\n" + with_hook(hook);
}

}  // namespace

TEST_CASE("a webhook has its URL, and the bytes of its secret", "[pipeline]") {
    const auto hook =
        test::read(with_webhook("{on: run_failed, url: 'https://ops.example.com:8443/told', "
                                "secret: '${secrets.key}', ca_file: ca.pem, timeout: 5s}",
                                "whsec_MDEyMzQ1Njc4OUFCQ0RFRmdoaWprbG1u"))
            .hooks.at(0);
    REQUIRE(hook.webhook);
    CHECK(hook.webhook->url == "https://ops.example.com:8443/told");
    CHECK(hook.webhook->key == "0123456789ABCDEFghijklmn");
    CHECK(hook.webhook->ca_file == "/data/ca.pem");
    CHECK(hook.timeout == 5s);
    CHECK(!hook.fails_run);
}

TEST_CASE("what is wrong with a webhook is said at its place", "[pipeline]") {
    const auto lint = [](const std::string& hook,
                         const std::string& secret = "whsec_MDEyMzQ1Njc4OUFCQ0RFRmdoaWprbG1u") {
        return test::lint(with_webhook(hook, secret));
    };
    CHECK_THAT(lint("{on: run_failed, url: 'ftp://x'}"),
               Contains("p.yaml:10:31: error[bad-url]: not a URL that can be used"));
    CHECK_THAT(lint("{on: run_failed, url: 'http://x/', command: y}"),
               Contains("a hook with a 'url' has no 'command'"));
    CHECK_THAT(lint("{on: run_failed, url: 'http://x/', on_error: fail}"),
               Contains("a hook with a 'url' has no 'on_error'") && Contains("never waits for it"));
    CHECK_THAT(lint("{on: run_failed, command: x, secret: '${secrets.key}'}"),
               Contains("has no key 'secret'"));
    CHECK_THAT(
        lint("{on: run_failed, url: 'http://x/', secret: whsec_MDEyMzQ1Njc4OUFCQ0RFRmdoaWprbG1u}"),
        Contains("the secret would be seen here"));
    for (const auto* bad :
         {"MDEyMzQ1Njc4OUFCQ0RFRmdoaWprbG1u", "whsec_0123456789", "whsec_c2hvcnQ="})
        CHECK_THAT(lint("{on: run_failed, url: 'http://x/', secret: '${secrets.key}'}", bad),
                   Contains("'secret' must be 'whsec_' and the base64 of 24 to 64 bytes") &&
                       !Contains(bad));
}

TEST_CASE("what is wrong with a hook is said at its place", "[pipeline]") {
    const auto lint = [](const std::string& hook) { return test::lint(with_hook(hook)); };
    CHECK_THAT(lint("{on: run_finishd, command: x}"),
               Contains("p.yaml:9:14: error[unknown-choice]: there is no event 'run_finishd'; "
                        "available: run_started, round_finished, run_finished, run_failed") &&
                   Contains("did you mean 'run_finished'?"));
    CHECK_THAT(lint("{command: x}"), Contains("hook 'tell' needs the key 'on'"));
    CHECK_THAT(lint("{on: run_failed}"), Contains("hook 'tell' needs the key 'command'"));
    CHECK_THAT(lint("{on: [], command: x}"), Contains("'on' names no event"));
    CHECK_THAT(lint("{on: run_failed, command: []}"), Contains("'command' must be"));
    CHECK_THAT(lint("{on: run_failed, command: x, timeout: 0s}"), Contains("longer than 0"));
    CHECK_THAT(lint("{on: run_failed, command: x, timeout: soon}"), Contains("'timeout' must be"));
    CHECK_THAT(lint("{on: run_failed, command: x, on_error: skip}"),
               Contains("'on_error' must be one of warn, fail"));
    CHECK_THAT(lint("{on: run_failed, command: x, env: {TROMMEL_RUN: y}}"),
               Contains("'TROMMEL_RUN' is set by trommel itself"));
    CHECK_THAT(lint("{on: run_failed, command: x, env: {'A=B': y}}"),
               Contains("'A=B' is not a name of an environment variable"));
    CHECK_THAT(lint("{on: run_failed, command: x, env: {A: [y]}}"), Contains("'env' must be"));
}

}  // namespace trommel
