// A server over another server: what clients see of the one behind, and what the one in front
// keeps.
#include "platform/cloud.hpp"
#include "wire/wire_bench.hpp"

#include <asio/post.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <thread>

namespace trommel::test {
namespace {

using Reason = PlatformError::Reason;
using Catch::Matchers::Contains;

struct Answer {
    unsigned status = 0;
    std::string text{};
    http::Headers headers{};

    std::string field(const char* name) const {
        return std::string(boost::json::parse(text).at(name).as_string());
    }
};

asio::awaitable<Answer> collect(http::Handler& server, http::Request request) {
    http::Response response = co_await server.answer(std::move(request));
    Answer answer;
    answer.status = response.status;
    answer.headers = std::move(response.headers);
    answer.text = co_await response.body.read_all(1 << 24);
    co_return answer;
}

http::Request request_of(std::string method, std::string target, std::string body = {}) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers.add("Authorization", "Bearer the-token-of-the-relay");
    request.headers.add("Host", "relay:1");
    request.body = http::Body(std::move(body));
    return request;
}

Answer ask(Relayed& bench, std::string method, std::string target, std::string body = {}) {
    auto request = request_of(std::move(method), std::move(target), std::move(body));
    return bench.wait(collect(bench.server(), std::move(request)));
}

/// A relay of the platform at `url`, which is asked twice.
struct Front {
    Front(const std::string& url, const std::string& token) {
        std::filesystem::create_directories(folder / "front");
        LightlyOptions upstream;
        upstream.url = url;
        upstream.token = token;
        upstream.retry = {.attempts = 2,
                          .base = std::chrono::milliseconds(1),
                          .max = std::chrono::milliseconds(1)};
        platform = std::make_unique<LightlyPlatform>(loop.get_executor(), upstream, clock);
        server::ServerOptions options;
        options.folder = folder / "front";
        options.hosts = {"relay"};
        server = std::make_unique<server::Server>(
            *platform, store::open_separate_sqlite(folder / "front/server.db"), options);
    }

    Answer ask(std::string method, std::string target, std::string body = {}) {
        auto request = request_of(std::move(method), std::move(target), std::move(body));
        return run(loop, collect(*server, std::move(request)));
    }

    TempDir folder{};
    asio::io_context loop{1};
    SystemClock clock{};
    std::unique_ptr<LightlyPlatform> platform{};
    std::unique_ptr<server::Server> server{};
};

/// A server whose answers to all but the question who it is have this status.
class Refusing final : public http::Handler {
public:
    explicit Refusing(unsigned status) : status_(status) {}

    asio::awaitable<http::Response> answer(http::Request) override {
        http::Response response;
        response.status = status_;
        response.body = http::Body(R"({"code":"UNAUTHORIZED","error":"who are you"})");
        co_return response;
    }

private:
    unsigned status_;
};

const std::string csv =
    "filenames,embedding_0,labels\r\nf,20,0\r\na,0,0\r\nb,1,0\r\nc,2,0\r\nd,10,0\r\ne,11,0\r\n";

}  // namespace

TEST_CASE("while the server behind cannot be reached, the one in front says so", "[wire]") {
    Front front("http://127.0.0.1:1", "");
    CHECK(front.ask("GET", "/healthz").status == 200);
    const auto answer = front.ask("GET", "/v1/datasets");
    CHECK(answer.status == 503);
    CHECK(answer.headers.get("Retry-After") == "1");
    CHECK_THAT(answer.text, Contains("http://127.0.0.1:1: GET /v1/datasets: cannot connect"));
}

TEST_CASE("a token that the server behind refuses is not the fault of the client's", "[wire]") {
    for (const unsigned status : {401U, 403U}) {
        Refusing refusing(status);
        asio::io_context loop(1);
        http::Server behind(loop.get_executor(), {}, refusing);
        std::jthread serving([&] { run(loop, behind.run()); });
        const auto url = "http://127.0.0.1:" + std::to_string(behind.port());
        {
            Front front(url, "old");
            const auto answer = front.ask("GET", "/v1/datasets");
            CHECK(answer.status == 502);
            CHECK_THAT(answer.text,
                       Contains(url + " does not accept the token for GET /v1/datasets"));
            CHECK_THAT(answer.text, !Contains("old"));
        }
        asio::post(loop, [&] { behind.drain(); });
    }
}

TEST_CASE("a job is cancelled through a server in between", "[wire]") {
    Relayed bench;
    const auto cloud = make_cloud(bench, 20'000);
    const auto job = bench.wait(bench->sample(request_on(cloud, "far", 15'000)));
    bench.wait(bench->cancel_job(job));
    CHECK(bench.wait(bench.embedded().job(job)).error == "cancelled on request");
    CHECK(bench.wait(bench->job(job)).state == JobState::failed);
}

TEST_CASE("picks through a server in between are those of the platform behind, bit for bit",
          "[wire]") {
    Relayed bench;
    const auto cloud = make_cloud(bench, 2000);
    auto request = request_on(cloud, "chosen", 50);
    request.strategy.name = "coral";
    const auto job = bench.wait(bench->sample(request));
    CHECK(bench.ended(job).outcome.stop_reason == selection::StopReason::wanted);
    const auto got = bench.wait(bench->picks(job));
    const auto expected = bench.wait(bench.embedded().picks(job));
    REQUIRE(got.size() == 50);
    for (std::size_t i = 0; i < got.size(); ++i) {
        CHECK(got[i].sample == expected[i].sample);
        CHECK(got[i].score == expected[i].score);
        CHECK(got[i].distance == expected[i].distance);
    }
}

TEST_CASE("what a server in between is told of samples it keeps itself, until the dataset goes",
          "[wire]") {
    Relayed bench;
    const auto line = make_line(bench);
    const auto path = "/v1/datasets/" + line.dataset.text();
    const auto made =
        ask(bench, "POST", path + "/samples", R"({"fileName":"b","metaData":{"sharpness":2}})");
    REQUIRE(made.status == 201);
    const auto sample = path + "/samples/" + made.field("id");
    CHECK_THAT(ask(bench, "GET", sample).text, Contains(R"("index":1)") && Contains("sharpness"));
    CHECK(ask(bench, "PUT", path + "/datasource", R"({"type":"LOCAL","purpose":"INPUT"})").status ==
          200);
    CHECK(ask(bench, "GET", path + "/datasource?purpose=INPUT").field("type") == "LOCAL");

    const auto kept = [&] {
        return store::open_separate_sqlite(bench.database())
            ->documents({.kind = "datasource", .dataset = line.dataset, .owner = {}});
    };
    CHECK(kept().size() == 1);
    CHECK(ask(bench, "DELETE", path).status == 200);
    CHECK(kept().empty());
    CHECK(ask(bench, "GET", path).status == 404);
    CHECK(bench.wait(bench.embedded().datasets()).empty());
}

TEST_CASE("embeddings are announced and uploaded through a server in between", "[wire]") {
    Relayed bench;
    const auto line = make_line(bench);
    const auto path = "/v1/datasets/" + line.dataset.text() + "/embeddings";
    const auto announce = [&] { return ask(bench, "GET", path + "/writeCSVUrl?name=more"); };
    const auto announced = announce();
    const auto id = announced.field("embeddingId");
    CHECK(announce().field("embeddingId") == id);
    CHECK_THAT(ask(bench, "GET", path).text, Contains(R"("name":"more","isProcessed":false)"));
    const auto url = announced.field("signedWriteUrl").substr(std::string("http://relay:1").size());

    CHECK(ask(bench, "PUT", url, "nonsense").status == 422);
    CHECK(ask(bench, "PUT", url, csv).status == 200);
    CHECK(ask(bench, "PUT", url, csv).status == 200);
    auto other = csv;
    other.replace(other.find(",20,"), 4, ",21,");
    CHECK(ask(bench, "PUT", url, other).status == 409);
    CHECK(announce().status == 409);
    const auto there = bench.wait(bench.embedded().embedding(line.dataset, EmbeddingId(id)));
    CHECK(*there == Matrix{{0}, {1}, {2}, {10}, {11}, {20}});

    // As after a crash that left the announcement of what is there.
    store::open_separate_sqlite(bench.database())
        ->put_document({.id = id,
                        .kind = "embedding-upload",
                        .dataset = line.dataset,
                        .owner = {},
                        .key = "more",
                        .body = {}});
    const auto listed = boost::json::parse(ask(bench, "GET", path).text);
    REQUIRE(listed.as_array().size() == 2);
    CHECK(listed.at(1).at("isProcessed") == true);
    CHECK(ask(bench, "PUT", url, csv).status == 200);

    CHECK(ask(bench, "DELETE", path + "/" + id).status == 200);
    CHECK(bench.wait(bench->embeddings(line.dataset)).size() == 1);
    CHECK(announce().field("embeddingId") != id);
}

TEST_CASE("an announcement that the server behind has lost is made anew", "[wire]") {
    Relayed bench;
    const auto line = make_line(bench);
    const auto path = "/v1/datasets/" + line.dataset.text() + "/embeddings";
    const auto announced = ask(bench, "GET", path + "/writeCSVUrl?name=more");
    const EmbeddingId id(announced.field("embeddingId"));
    bench.wait(bench.upstream().delete_embedding(line.dataset, id));

    const auto host = std::string("http://relay:1").size();
    const auto lost = ask(bench, "PUT", announced.field("signedWriteUrl").substr(host), csv);
    CHECK(lost.status == 404);
    CHECK_THAT(lost.text, Contains("announce them again"));
    const auto again = ask(bench, "GET", path + "/writeCSVUrl?name=more");
    CHECK(again.field("embeddingId") != id.text());
    CHECK(ask(bench, "PUT", again.field("signedWriteUrl").substr(host), csv).status == 200);
}

TEST_CASE("a server in between has the API of Lightly's cloud behind it too", "[wire]") {
    Relayed bench(true);
    const auto line = make_line(bench);
    bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
    auto request = request_on(line, "chosen", 3);
    request.strategy.name = "active_learning";
    const auto job = bench.wait(bench->sample(request));
    const auto status = bench.ended(job);
    CHECK(status.dataset == line.dataset);
    CHECK(bench.wait(bench->tag(*status.result)).mask == mask_of({1, 3, 4}));
    CHECK(samples_of(bench.wait(bench->picks(job))) == std::vector<SampleIndex>{1, 3, 4});
    CHECK((*bench.wait(bench->embedding(line.dataset, line.embedding)))(3, 0) == 10);
    request.strategy.name = "dmbal";
    CHECK_THAT(refusal(bench, bench->sample(request)).what(),
               Contains("Lightly cannot select by dmbal"));
}

}  // namespace trommel::test
