// Webhooks: what they are sent, what is sent again, and that nobody waits for them.
#include "pipeline/engine/hooks/webhooks.hpp"

#include "platform/scripted_server.hpp"
#include "trommel/core/base64.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Lines = std::vector<std::string>;

/// One hook that a scripted server hears, with time that skips.
struct Told {
    ManualTime time{};
    ScriptedServer server{time.loop};
    HookSpec hook = hook_to(server.url() + "/told?by=trommel");
    Lines outcomes{};
    Webhooks webhooks{time.loop.get_executor(), time.clock};

    static HookSpec hook_to(std::string url) {
        HookSpec hook;
        hook.name = "tell";
        hook.webhook = Webhook{.url = std::move(url), .key = {}, .ca_file = {}};
        return hook;
    }

    void post(const std::string& id) { post(hook, id); }
    void post(const HookSpec& to, const std::string& id) {
        webhooks.post(to, {id, "{\"n\":\"" + id + "\"}", [this, id](const std::string& failure) {
                               return note(id + (failure.empty() ? " taken" : ": " + failure));
                           }});
    }
    void finish() { time.run(webhooks.finish()); }
    double seconds() const {
        return std::chrono::duration<double>(time.clock.now().time_since_epoch()).count();
    }

private:
    asio::awaitable<void> note(std::string outcome) {
        outcomes.push_back(std::move(outcome));
        co_return;
    }
};

}  // namespace

TEST_CASE("a message is signed as Standard Webhooks has it", "[pipeline][hooks]") {
    // The example of the specification, version 1.0.0.
    const Webhook webhook{.url = "http://127.0.0.1/",
                          .key = from_base64("plJ3nmyCDGBKInavdOK15jsl").value(),
                          .ca_file = {}};
    const auto request = webhook_request(
        webhook,
        {"msg_loFOjxBNrRLzqYUf", R"({"event_type":"ping","data":{"success":true}})", {}},
        std::chrono::system_clock::time_point(1'731'705'121s + 900ms));
    CHECK(request.method == "POST");
    CHECK(request.headers.get("webhook-id") == "msg_loFOjxBNrRLzqYUf");
    CHECK(request.headers.get("webhook-timestamp") == "1731705121");
    CHECK(request.headers.get("webhook-signature") ==
          "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
}

TEST_CASE("messages come in order, once each, whole and unsigned without a key",
          "[pipeline][hooks]") {
    Told told;
    told.server.then(200, "").then(204, "").then(202, "noted");
    told.post("a");
    told.post("b");
    told.post("b");
    told.post("c");
    told.finish();

    CHECK(told.outcomes == Lines{"a taken", "b taken", "c taken"});
    REQUIRE(told.server.lines() == Lines(3, "POST /told?by=trommel"));
    CHECK(told.server.asked()[1].body == R"({"n":"b"})");
    CHECK(told.server.asked()[1].headers.get("Content-Type") == "application/json");
    CHECK(!told.server.asked()[1].headers.has("webhook-signature"));
}

TEST_CASE("what may pass is sent again under the same id, when the server likes",
          "[pipeline][hooks]") {
    Told told;
    told.server.then(503, "").then(429, "", {{"Retry-After", "7"}}).then(500, "").then(200, "");
    told.post("a");
    told.finish();

    CHECK(told.outcomes == Lines{"a taken"});
    REQUIRE(told.server.asked().size() == 4);
    for (const auto& asked : told.server.asked()) CHECK(asked.headers.get("webhook-id") == "a");
    CHECK(told.seconds() >= 7);
    CHECK(told.seconds() < 30);
}

TEST_CASE("what is refused for good is not sent again, and the next one is sent",
          "[pipeline][hooks]") {
    Told told;
    told.server.then(400, "").then(302, "", {{"Location", "http://127.0.0.1:1/"}}).then(200, "");
    for (const auto* id : {"a", "b", "c"}) told.post(id);
    told.finish();

    const auto origin = told.server.url();
    CHECK(told.outcomes ==
          Lines{"a: " + origin + " answered 400", "b: " + origin + " answered 302", "c taken"});
}

TEST_CASE("a message is given up after its timeout, with what went wrong last",
          "[pipeline][hooks]") {
    Told told;
    for (int i = 0; i < 200; ++i) told.server.then(503, "");
    told.hook.timeout = 20s;
    told.post("a");
    told.time.run(told.time.clock.sleep_until(told.time.clock.now() + 19s));
    CHECK(told.outcomes.empty());
    told.finish();

    CHECK(told.outcomes == Lines{"a: did not take it within its timeout of 20s: " +
                                 told.server.url() + " answered 503"});
    CHECK(told.seconds() == Approx(20).margin(0.5));
}

TEST_CASE("whoever finishes waits one timeout, however much is left to send", "[pipeline][hooks]") {
    Told told;
    for (int i = 0; i < 500; ++i) told.server.then(503, "");
    told.hook.timeout = 10s;
    for (int i = 0; i < 20; ++i) told.post(std::to_string(i));
    told.finish();

    CHECK(told.outcomes.size() == 20);
    CHECK(told.seconds() == Approx(10).margin(0.5));
}

TEST_CASE("a webhook that nobody answers does not hold up another", "[pipeline][hooks]") {
    Told told;
    auto deaf = Told::hook_to("http://127.0.0.1:1/secret-path");
    deaf.timeout = 5s;
    told.server.then(200, "");
    told.post(deaf, "x");
    told.post("a");
    told.finish();

    REQUIRE(told.outcomes.size() == 2);
    CHECK(told.outcomes[0] == "a taken");
    CHECK_THAT(told.outcomes[1],
               Contains("x: did not take it within its timeout of 5s: http://127.0.0.1:1") &&
                   !Contains("secret-path"));
}

TEST_CASE("what is abandoned is neither sent nor settled", "[pipeline][hooks]") {
    Told told;
    for (int i = 0; i < 50; ++i) told.server.then(503, "");
    told.post("a");
    told.post("b");
    told.time.run(told.time.clock.sleep_until(told.time.clock.now() + 1s));
    told.time.run(told.webhooks.abandon());

    CHECK(told.outcomes.empty());
    CHECK(told.seconds() < 2);
}

}  // namespace trommel::test
