// A server without sockets: requests go in, responses come out.
#pragma once

#include "support/temp_dir.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/server/server.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/io_context.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trommel::test {

struct Answer {
    unsigned status = 0;
    std::string text{};
    http::Headers headers{};

    boost::json::value json() const { return boost::json::parse(text); }
    std::string id() const { return field("id"); }
    std::string field(const char* name) const {
        const auto value = json();
        return std::string(value.at(name).as_string());
    }
    /// The `code` of a refusal.
    std::string code() const { return field("code"); }
};

/// A body that comes in pieces of a few bytes, as from a slow client.
class SlowBody final : public http::BodySource {
public:
    SlowBody(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}

    asio::awaitable<std::string> next() override {
        auto piece = text_.substr(0, piece_);
        text_.erase(0, piece_);
        co_return piece;
    }

private:
    std::string text_;
    std::size_t piece_;
};

class ServerBench {
public:
    explicit ServerBench(server::ServerOptions options = {}) : options_(std::move(options)) {
        options_.hosts.emplace_back("here");
        try {
            reopen();
        } catch (...) {
            close();
            throw;
        }
    }
    ~ServerBench() { close(); }

    /// As after a crash, but for what the platform keeps when it is told to end.
    void reopen() {
        close();
        platform_ = std::make_unique<EmbeddedPlatform>(
            loop_.get_executor(), store::open_sqlite(database_), cpu_);
        auto options = options_;
        options.folder = folder_ / "server";
        std::filesystem::create_directories(options.folder);
        server_ = std::make_unique<server::Server>(
            *platform_, store::open_served_sqlite(database_), std::move(options));
    }

    void close() {
        if (platform_) run(loop_, platform_->close());
        server_.reset();
        platform_.reset();
    }

    Answer send(http::Request request) {
        if (!request.headers.has("Host")) request.headers.add("Host", "here:1");
        if (!token_.empty() && !request.headers.has("Authorization"))
            request.headers.add("Authorization", "Bearer " + token_);
        return run(loop_, collect(std::move(request)));
    }

    /// From now on all calls come with this token, unless they have their own.
    void as(std::string token) { token_ = std::move(token); }

    /// As from so many clients; the answers in the same order.
    std::vector<Answer> send_at_once(std::vector<http::Request> requests) {
        std::vector<Answer> answers(requests.size());
        const auto one = [&](std::size_t i) -> asio::awaitable<void> {
            answers[i] = co_await collect(std::move(requests[i]));
        };
        const auto all = [&](Nursery& nursery) -> asio::awaitable<void> {
            for (std::size_t i = 0; i < requests.size(); ++i) nursery.start(one(i));
            co_return;
        };
        run(loop_, with_nursery(all));
        return answers;
    }

    Answer call(const std::string& method,
                const std::string& target,
                std::string body = {},
                http::Headers headers = {}) {
        http::Request request;
        request.method = method;
        request.target = target;
        request.headers = std::move(headers);
        if (!body.empty() && !request.headers.has("Content-Type"))
            request.headers.add("Content-Type", "application/json");
        request.body = http::Body(std::move(body));
        return send(std::move(request));
    }
    Answer get(const std::string& target, http::Headers headers = {}) {
        return call("GET", target, {}, std::move(headers));
    }
    /// The answer with its body still to be read.
    http::Response ask(const std::string& target) {
        http::Request request;
        request.target = target;
        request.headers.add("Host", "here:1");
        return run(loop_, server_->answer(std::move(request)));
    }
    std::string next_of(http::Response& response) { return run(loop_, response.body.next()); }
    std::string rest_of(http::Response& response) {
        return run(loop_, response.body.read_all(std::uint64_t{1} << 32));
    }
    Answer post(const std::string& target, std::string body) {
        return call("POST", target, std::move(body));
    }
    Answer put(const std::string& target, std::string body = {}) {
        return call("PUT", target, std::move(body));
    }
    Answer remove(const std::string& target) { return call("DELETE", target, "{}"); }

    /// Path and query of a URL that the server has signed.
    static std::string target_of(const std::string& url) {
        REQUIRE(url.starts_with("http://here:1/"));
        return url.substr(std::string("http://here:1").size());
    }

    Platform& platform() { return *platform_; }
    server::Server& server() { return *server_; }
    const std::filesystem::path& database() const { return database_; }
    const TempDir& folder() const { return folder_; }
    template <typename T>
    T wait(asio::awaitable<T> work) {
        return run(loop_, std::move(work));
    }

private:
    asio::awaitable<Answer> collect(http::Request request) {
        http::Response response = co_await server_->answer(std::move(request));
        Answer answer;
        answer.status = response.status;
        answer.headers = response.headers;
        answer.text = co_await response.body.read_all(std::uint64_t{1} << 32);
        co_return answer;
    }

    server::ServerOptions options_;
    std::string token_{};
    TempDir folder_;
    std::filesystem::path database_ = folder_ / "platform.db";
    asio::io_context loop_{1};
    CpuPool cpu_{1};
    std::unique_ptr<EmbeddedPlatform> platform_;
    std::unique_ptr<server::Server> server_;
};

/// A dataset `pool` of samples a.jpg to f.jpg, which lie on a line at 0, 1, 2, 10, 11 and 20, with
/// its initial tag and these embeddings; all made by calls.
struct Pool {
    explicit Pool(ServerBench& bench) {
        dataset = bench.post("/v1/datasets", R"({"name":"pool"})").id();
        path = "/v1/datasets/" + dataset;
        for (const char name : std::string("abcdef")) {
            const auto body = fmt::format(R"({{"fileName":"{}.jpg"}})", name);
            samples.push_back(bench.post(path + "/samples", body).id());
        }
        tag = bench.post(path + "/tags/initial", R"({"imgType":"full"})").id();
        const auto announced = bench.get(path + "/embeddings/writeCSVUrl?name=rows");
        embedding = announced.field("embeddingId");
        upload = ServerBench::target_of(announced.field("signedWriteUrl"));
        REQUIRE(bench.put(upload, csv).status == 200);
    }

    std::string sampling() const { return path + "/embeddings/" + embedding + "/sampling"; }

    // In another order than the samples.
    std::string csv =
        "filenames,embedding_0,labels\r\nf.jpg,20,0\r\na.jpg,0,0\r\nb.jpg,1,0\r\n"
        "c.jpg,2,0\r\nd.jpg,10,0\r\ne.jpg,11,0\r\n";
    std::string dataset{};
    std::string path{};
    std::vector<std::string> samples{};
    std::string tag{};
    std::string embedding{};
    std::string upload{};
};

/// Asks for the job until it has ended; its last answer.
inline Answer ended(ServerBench& bench, const std::string& job) {
    for (;;) {
        auto answer = bench.get("/v1/jobs/" + job);
        REQUIRE(answer.status == 200);
        const auto status = answer.field("status");
        if (status == "FINISHED" || status == "FAILED") return answer;
        bench.wait([]() -> asio::awaitable<void> { co_return; }());
    }
}

}  // namespace trommel::test
