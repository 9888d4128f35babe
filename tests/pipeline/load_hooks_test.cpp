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

TEST_CASE("what is wrong with a hook is said at its place", "[pipeline]") {
    const auto lint = [](const std::string& hook) { return test::lint(with_hook(hook)); };
    CHECK_THAT(
        lint("{on: run_finishd, command: x}"),
        Contains("p.yaml:9:14: error[unknown-choice]: there is no event 'run_finishd'; there "
                 "are run_started, round_finished, run_finished, run_failed") &&
            Contains("did you mean 'run_finished'?"));
    CHECK_THAT(lint("{command: x}"), Contains("hook 'tell' needs the key 'on'"));
    CHECK_THAT(lint("{on: run_failed}"), Contains("hook 'tell' needs the key 'command'"));
    CHECK_THAT(lint("{on: [], command: x}"), Contains("'on' names no event"));
    CHECK_THAT(lint("{on: run_failed, command: []}"), Contains("'command' must be"));
    CHECK_THAT(lint("{on: run_failed, command: x, timeout: 0s}"), Contains("longer than 0"));
    CHECK_THAT(lint("{on: run_failed, command: x, timeout: soon}"), Contains("'timeout' must be"));
    CHECK_THAT(lint("{on: run_failed, command: x, on_error: skip}"),
               Contains("'on_error' must be one of warn, fail"));
    CHECK_THAT(lint("{on: run_failed, command: x, url: y}"), Contains("has no key 'url'"));
    CHECK_THAT(lint("{on: run_failed, command: x, env: {TROMMEL_RUN: y}}"),
               Contains("'TROMMEL_RUN' is set by trommel itself"));
    CHECK_THAT(lint("{on: run_failed, command: x, env: {'A=B': y}}"),
               Contains("'A=B' is no name of an environment variable"));
    CHECK_THAT(lint("{on: run_failed, command: x, env: {A: [y]}}"), Contains("'env' must be"));
}

}  // namespace trommel
