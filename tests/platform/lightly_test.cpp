#include "trommel/platform/lightly.hpp"

#include "platform/lightly/streams.hpp"
#include "platform/scripted_server.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace trommel::test {
namespace {

using namespace std::chrono_literals;
using Reason = PlatformError::Reason;
using Lines = std::vector<std::string>;

const std::string trommel_version = R"({"name":"trommel","version":"0.1.0"})";
const DatasetId pool("aaaaaaaaaaaaaaaaaaaaaaaa");
const TagId all_of_pool("bbbbbbbbbbbbbbbbbbbbbbbb");

/// A client of a scripted server, with time that skips.
struct Wire {
    ManualTime time{};
    ScriptedServer server{time.loop};
    LightlyPlatform platform{time.loop.get_executor(), options(), time.clock};

    LightlyOptions options() const {
        LightlyOptions made;
        made.url = server.url() + "/";
        made.token = "s e&cret";
        made.retry.attempts = 4;
        return made;
    }

    template <typename T>
    T wait(asio::awaitable<T> call) {
        return time.run(std::move(call));
    }

    /// The error with which `call` fails; an empty one if it does not.
    template <typename T>
    std::pair<Reason, std::string> error(asio::awaitable<T> call) {
        try {
            wait(std::move(call));
        } catch (const PlatformError& error) {
            return {error.reason(), error.what()};
        }
        return {Reason::unusable, "no error"};
    }

    double seconds() const {
        return std::chrono::duration<double>(time.clock.now().time_since_epoch()).count();
    }
};

std::string dataset_json(const std::string& name) {
    return R"({"id":"aaaaaaaaaaaaaaaaaaaaaaaa","name":")" + name +
           R"(","userId":"u","type":"Images","nSamples":3,"sizeInBytes":0,"createdAt":1000,)"
           R"("lastModifiedAt":1000})";
}

std::string tag_json(const std::string& name, const std::string& mask) {
    return R"({"id":"bbbbbbbbbbbbbbbbbbbbbbbb","datasetId":"aaaaaaaaaaaaaaaaaaaaaaaa","name":")" +
           name + R"(","bitMaskData":")" + mask +
           R"(","totSize":3,"createdAt":1000,"prevTagId":null})";
}

}  // namespace

TEST_CASE("the token goes as the last parameter, encoded, and never into a message", "[lightly]") {
    Wire wire;
    wire.server.then(200, "[" + dataset_json("a b") + "]");
    CHECK(wire.wait(wire.platform.find_dataset("a b"))->sample_count == 3);
    const auto [reason, what] = wire.error(wire.platform.dataset(pool));
    CHECK(reason == Reason::not_found);
    CHECK(what == wire.server.url() +
                      ": GET /v1/datasets/aaaaaaaaaaaaaaaaaaaaaaaa: the server says no more");
    CHECK(wire.server.lines() ==
          Lines{"GET /v1/datasets/query/name/a%20b?exact=true&token=s%20e%26cret",
                "GET /v1/datasets/aaaaaaaaaaaaaaaaaaaaaaaa?token=s%20e%26cret"});
}

TEST_CASE("a busy server is asked again, as late as it wishes", "[lightly]") {
    Wire wire;
    wire.server.then(503, "busy", {{"Retry-After", "7"}})
        .then(429, "", {{"Retry-After", "20"}})
        .then_break()
        .then(200, dataset_json("pool"));
    CHECK(wire.wait(wire.platform.dataset(pool)).name == "pool");
    CHECK(wire.seconds() >= 27);
    CHECK(wire.seconds() < 30);
}

TEST_CASE("what cannot pass is not tried again, and tries end", "[lightly]") {
    Wire wire;
    wire.server.then(400, R"({"code":"BAD_REQUEST","error":"no such thing"})");
    CHECK(wire.error(wire.platform.dataset(pool)).second.find("no such thing") !=
          std::string::npos);
    CHECK(wire.server.asked().size() == 1);
    wire.server.then(401, R"({"code":"UNAUTHORIZED","error":"who are you"})");
    const auto refused = wire.error(wire.platform.dataset(pool));
    CHECK(refused.first == Reason::denied);
    CHECK(refused.second.find("does not accept the token") != std::string::npos);
    for (int i = 0; i < 4; ++i) wire.server.then(502, "bad gateway\nmore");
    const auto given_up = wire.error(wire.platform.dataset(pool));
    CHECK(given_up.first == Reason::unavailable);
    CHECK(given_up.second.ends_with("502 bad gateway"));
    CHECK(wire.server.asked().size() == 6);
}

TEST_CASE("no try begins after the deadline", "[lightly]") {
    Wire wire;
    LightlyOptions options = wire.options();
    options.deadline = 10s;
    LightlyPlatform platform(wire.time.loop.get_executor(), options, wire.time.clock);
    wire.server.then(503, "", {{"Retry-After", "11"}});
    CHECK(wire.error(platform.dataset(pool)).first == Reason::unavailable);
    CHECK(wire.seconds() == 0);
    CHECK(wire.server.asked().size() == 1);
}

TEST_CASE("an unreachable server is unavailable", "[lightly]") {
    ManualTime time;
    LightlyOptions options;
    options.url = "http://127.0.0.1:1";
    LightlyPlatform platform(time.loop.get_executor(), options, time.clock);
    CHECK_THROWS_AS(time.run(platform.dataset(pool)), PlatformError);
    CHECK(time.clock.now().time_since_epoch() > 0s);
    options.url = "127.0.0.1:1";
    CHECK_THROWS_AS(LightlyPlatform(time.loop.get_executor(), options, time.clock), ConfigError);
}

TEST_CASE("Lightly's codes say more than its statuses", "[lightly]") {
    const std::vector<std::pair<std::string, Reason>> cases = {
        {"TAG_NAME_EXISTS", Reason::exists},
        {"DATASET_UNKNOWN", Reason::not_found},
        {"TAG_NO_SCORES_AVAILABLE", Reason::not_found},
        {"TAG_UNDELETABLE_NOT_A_LEAF", Reason::invalid}};
    for (const auto& [code, reason] : cases) {
        Wire wire;
        wire.server.then(400, R"({"code":")" + code + R"(","error":"x"})");
        CHECK(wire.error(wire.platform.dataset(pool)).first == reason);
    }
}

TEST_CASE("a creation whose answer was lost is found, not refused as a clash", "[lightly]") {
    Wire wire;
    const std::string exists = R"({"code":"DATASET_NAME_EXISTS","error":"taken"})";
    wire.server.then_break().then(409, exists).then(200, "[" + dataset_json("pool") + "]");
    CHECK(wire.wait(wire.platform.create_dataset("pool")) == pool);
    wire.server.then(409, exists);
    CHECK(wire.error(wire.platform.create_dataset("pool")).first == Reason::exists);
}

TEST_CASE("a tag that is taken is the one asked for if it is the same", "[lightly]") {
    const std::string exists = R"({"code":"TAG_NAME_EXISTS","error":"taken"})";
    const std::string initial = tag_json("initial-tag", "0x7");
    std::string one = tag_json("one", "0x5");
    one.replace(one.find("bbbb"), 4, "cccc");
    one.replace(one.find("null"), 4, "\"" + all_of_pool.text() + "\"");
    for (const std::vector<SampleIndex>& samples : {std::vector<SampleIndex>{0, 2}, {0, 1}}) {
        Wire wire;
        wire.server.then(404, "")
            .then(200, "[" + initial + "]")
            .then(200, dataset_json("pool"))
            .then(409, exists)
            .then(200, "[" + initial + "," + one + "]");
        NewTag tag{.name = "one", .mask = BitMask::of(samples), .previous = {}};
        const auto [reason, what] = wire.error(wire.platform.create_tag(pool, tag));
        CHECK((what == "no error") == (samples[1] == 2));
        CHECK(wire.server.asked().at(3).body ==
              R"({"name":"one","prevTagId":"bbbbbbbbbbbbbbbbbbbbbbbb","bitMaskData":")" +
                  tag.mask.to_hex() + R"(","totSize":3,"creator":"USER_PIP"})");
    }
}

TEST_CASE("Lightly's mappings come in pages, a trommel server's at once", "[lightly]") {
    Wire wire;
    std::string page = "[\"0\"";
    for (int i = 1; i < 25'000; ++i) page += ",\"" + std::to_string(i) + "\"";
    wire.server.then(404, "").then(200, page + "]").then(200, R"(["last\u00e9"])");
    const auto names = wire.wait(wire.platform.mappings(pool));
    CHECK(names->size() == 25'001);
    CHECK(names->back() == "last\xc3\xa9");
    CHECK(wire.server.lines().back() ==
          "GET /v1/datasets/aaaaaaaaaaaaaaaaaaaaaaaa/mappings?field=fileName&pageSize=25000&"
          "pageOffset=25000&token=s%20e%26cret");

    Wire ours;
    ours.server.then(200, trommel_version).then(200, page + "]");
    CHECK(ours.wait(ours.platform.mappings(pool))->size() == 25'000);
    CHECK(ours.server.asked().size() == 2);
}

TEST_CASE("names of a trommel server are asked for again once there are more", "[lightly]") {
    Wire wire;
    wire.server.then(200, trommel_version)
        .then(200, R"(["a","b","c"])")
        .then(200, dataset_json("pool"))
        .then(200, dataset_json("pool"));
    const auto names = wire.wait(wire.platform.mappings(pool));
    CHECK(wire.wait(wire.platform.mappings(pool)) == names);
    CHECK(wire.server.asked().size() == 3);

    auto larger = dataset_json("pool");
    larger.replace(larger.find("\"nSamples\":3"), 12, "\"nSamples\":4");
    Wire grown;
    grown.server.then(200, trommel_version)
        .then(200, R"(["a","b","c"])")
        .then(200, larger)
        .then(200, R"(["a","b","c","d"])");
    grown.wait(grown.platform.mappings(pool));
    CHECK(grown.wait(grown.platform.mappings(pool))->size() == 4);
}

TEST_CASE("datasets come in pages, or all at once from servers that know none", "[lightly]") {
    std::string page = "[" + dataset_json("0");
    for (int i = 1; i < 5000; ++i) {
        auto next = dataset_json(std::to_string(i));
        next.replace(next.find("aaaa"), 4, std::to_string(1000 + i));
        page += "," + next;
    }
    auto last = dataset_json("last");
    last.replace(last.find("aaaa"), 4, "bbbb");
    Wire wire;
    wire.server.then(200, page + "]").then(200, "[" + last + "]");
    const auto all = wire.wait(wire.platform.datasets());
    CHECK(all.size() == 5001);
    CHECK(all.back().name == "last");
    CHECK(wire.server.lines().back() ==
          "GET /v1/datasets?pageSize=5000&pageOffset=5000&token=s%20e%26cret");

    Wire old;
    old.server.then(200, page + "]").then(200, page + "]");
    CHECK(old.wait(old.platform.datasets()).size() == 5000);
}

TEST_CASE("of Lightly's samples one is found by its index, or by its place", "[lightly]") {
    const std::string sample = R"({"id":"ffffffffffffffffffffffff","type":"IMAGE","fileName":"b")";
    Wire wire;
    wire.server.then(200, "[" + sample + R"(,"index":7}])")
        .then(200, "[" + sample + "}]")
        .then(404, "")
        .then(200, R"(["a","b"])")
        .then(200, "[]")
        .then(200, R"(["a","b","c"])")
        .then(200, R"(["b"])");
    CHECK(wire.wait(wire.platform.find_sample(pool, "b")) == SampleIndex{7});
    CHECK(wire.wait(wire.platform.find_sample(pool, "b")) == SampleIndex{1});
    CHECK(!wire.wait(wire.platform.find_sample(pool, "b")));
    CHECK(wire.wait(wire.platform.sample_name(pool, 1)) == "b");
    CHECK(wire.wait(wire.platform.sample_name(pool, 1)) == "b");
    CHECK(wire.server.lines().back() ==
          "GET /v1/datasets/aaaaaaaaaaaaaaaaaaaaaaaa/mappings?field=fileName&pageSize=1&"
          "pageOffset=1&token=s%20e%26cret");
}

TEST_CASE("of Lightly's jobs the selections are listed", "[lightly]") {
    const auto job = [](const char* id, const char* type, int created) {
        return fmt::format(
            R"({{"id":"{0}","jobId":"{0}","jobType":"{1}","status":"RUNNING","createdAt":{2}}})",
            id,
            type,
            created);
    };
    Wire wire;
    wire.server.then(200,
                     "[" + job("two", "SAMPLING", 2) + "," + job("zero", "EMBEDDING", 0) + "," +
                         job("one", "SAMPLING", 1) + "]");
    const auto jobs = wire.wait(wire.platform.jobs());
    REQUIRE(jobs.size() == 2);
    CHECK(jobs[0].id == JobId("one"));
    CHECK(jobs[1].state == JobState::running);
}

TEST_CASE("a tag is looked for among all of Lightly's, and asked of a trommel server by its name",
          "[lightly]") {
    Wire wire;
    wire.server.then(404, "").then(
        200, "[" + tag_json("other", "0x1") + "," + tag_json("one", "0x3") + "]");
    CHECK(wire.wait(wire.platform.find_tag(pool, "one"))->mask == BitMask::from_hex("0x3"));
    CHECK(wire.server.lines().back() ==
          "GET /v1/datasets/aaaaaaaaaaaaaaaaaaaaaaaa/tags?token=s%20e%26cret");

    Wire ours;
    ours.server.then(200, trommel_version)
        .then(200, "[" + tag_json("one 1", "0x3") + "]")
        .then(200, "[]");
    CHECK(ours.wait(ours.platform.find_tag(pool, "one 1"))->mask == BitMask::from_hex("0x3"));
    CHECK(ours.server.lines().back() ==
          "GET /v1/trommel/datasets/aaaaaaaaaaaaaaaaaaaaaaaa/tags?name=one%201&token=s%20e%26cret");
    CHECK(!ours.wait(ours.platform.find_tag(pool, "one 2")));
}

TEST_CASE("scores stream out in full precision, anew at each try, with their key", "[lightly]") {
    Wire wire;
    std::vector<double> scores{0.1, 1e-300, 1.0 / 3, -0.0, 5e-324, 123456789012345680};
    for (int i = 0; i < 100'000; ++i) scores.push_back(i / 7.0);
    wire.server.then(200, trommel_version)
        .then(200, tag_json("pool", "0x7"))
        .then(503, "")
        .then(201, R"({"id":"dddddddddddddddddddddddd"})");
    wire.wait(wire.platform.upload_scores(all_of_pool, "a\"b", scores, "run 1 round 2"));

    const auto& asked = wire.server.asked();
    REQUIRE(asked.size() == 4);
    CHECK(asked[2].body == asked[3].body);
    CHECK(asked[3].headers.get("Idempotency-Key") == "run 1 round 2");
    CHECK(asked[3].headers.get("Transfer-Encoding") == "chunked");
    CHECK(asked[3].body.starts_with(
        R"({"scoreType":"a\"b","scores":[0.1,1e-300,0.3333333333333333,-0,5e-324,)"));
    lightly::NumberList list("scores");
    list.read(asked[3].body);
    CHECK(list.finish() == scores);
}

TEST_CASE("Lightly's jobs say when to ask again, and what became of them", "[lightly]") {
    Wire wire;
    const auto job_json = [](const std::string& status, const std::string& more) {
        return R"({"id":"eeeeeeeeeeeeeeeeeeeeeeee","status":")" + status +
               R"(","waitTimeTillNextPoll":5,"createdAt":1)" + more + "}";
    };
    const JobId id("eeeeeeeeeeeeeeeeeeeeeeee");
    wire.server.then(404, "")
        .then(200, job_json("UNKNOWN", ""))
        .then(200, job_json("RUNNING", ""))
        .then(200, job_json("FAILED", R"(,"error":"no space")"))
        .then(200, job_json("FINISHED", R"(,"result":{"type":"SAMPLING","data":"tag"})"))
        .then(200, job_json("FINISHED", ""));
    const auto unknown = wire.wait(wire.platform.job(id));
    CHECK(unknown.state == JobState::waiting);
    CHECK(unknown.poll_after == 5s);
    CHECK(wire.wait(wire.platform.job(id)).state == JobState::running);
    CHECK(wire.wait(wire.platform.job(id)).error == "no space");
    CHECK(wire.wait(wire.platform.job(id)).result == TagId("tag"));
    CHECK(wire.error(wire.platform.job(id)).first == Reason::unusable);
}

TEST_CASE("answers that are not as described are unusable, whatever they are", "[lightly]") {
    for (const std::string text : {"",
                                   "nonsense",
                                   "[1,2]",
                                   "{}",
                                   "{\"id\":7}",
                                   "null",
                                   "{\"id\":\"a\"",
                                   "{\"id\":\"a\",\"name\":\"b\",\"nSamples\":-1}"}) {
        INFO(text);
        Wire wire;
        wire.server.then(200, text);
        CHECK(wire.error(wire.platform.dataset(pool)).first == Reason::unusable);
    }
    for (const std::string text : {"{", "{}", "[1]", "[\"a\"", "[[\"a\"]]", "[\"a\"]x", "\"a\""}) {
        INFO(text);
        Wire wire;
        wire.server.then(200, trommel_version).then(200, text);
        CHECK(wire.error(wire.platform.mappings(pool)).first == Reason::unusable);
    }
}

}  // namespace trommel::test
