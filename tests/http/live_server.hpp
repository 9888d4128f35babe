// A server that runs on a thread and a loop of its own, beside the test.
#pragma once

#include "trommel/http/message_error.hpp"
#include "trommel/http/server.hpp"
#include "trommel/runtime/run.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace trommel::test {

/// Pieces that appear ready.
class Pieces final : public http::BodySource {
public:
    explicit Pieces(std::vector<std::string> pieces,
                    std::optional<std::uint64_t> length = std::nullopt)
        : pieces_(std::move(pieces)), length_(length) {}

    asio::awaitable<std::string> next() override {
        if (at_ == pieces_.size()) co_return std::string();
        std::string piece = pieces_[at_++];
        if (piece == "throw") throw Error("the source broke");
        co_return piece;
    }
    std::optional<std::uint64_t> length() const override { return length_; }

private:
    std::vector<std::string> pieces_;
    std::optional<std::uint64_t> length_;
    std::size_t at_ = 0;
};

/// Answers by the path what tests ask for.
class Answers final : public http::Handler {
public:
    asio::awaitable<http::Response> answer(http::Request request) override {
        const std::string path = request.target.substr(0, request.target.find('?'));
        http::Response response;
        response.headers.set("Content-Type", "text/plain");
        if (path == "/echo") {
            const std::string body = co_await request.body.read_all(1 << 20);
            response.body = http::Body(request.method + " " + request.target + " " + body);
        } else if (path == "/kept") {
            const std::string body = co_await request.body.read_all(1 << 20);
            response.body = http::Body(std::to_string(body.size()) + " bytes");
        } else if (path == "/size") {
            std::uint64_t size = 0;
            std::string piece = co_await request.body.next();
            while (!piece.empty()) {
                size += piece.size();
                piece = co_await request.body.next();
            }
            response.body = http::Body(std::to_string(size));
        } else if (path == "/slow") {
            asio::steady_timer timer(co_await asio::this_coro::executor,
                                     std::chrono::milliseconds(300));
            co_await timer.async_wait(asio::use_awaitable);
            response.body = http::Body(std::string("slow"));
        } else if (path == "/peer") {
            response.body = http::Body(request.peer);
        } else if (path == "/host") {
            response.body =
                http::Body(std::string(request.headers.get("Host")) + " " + request.target);
        } else if (path == "/ignore") {
            response.body = http::Body(std::string("ignored"));
        } else {
            response = made(path);
        }
        co_return response;
    }

    bool knows(const http::Request& request) const override {
        return request.target.find("stranger") == std::string::npos;
    }

private:
    static http::Response stream(std::vector<std::string> pieces,
                                 std::optional<std::uint64_t> length = std::nullopt) {
        http::Response response;
        response.body = http::Body(std::make_unique<Pieces>(std::move(pieces), length));
        return response;
    }

    static http::Response made(const std::string& path) {
        if (path == "/stream") return stream({"one ", "two ", "three"});
        if (path == "/sized") return stream({"one ", "two"}, 7);
        if (path == "/short") return stream({"one "}, 7);
        if (path == "/long") return stream({"one ", "two"}, 5);
        if (path == "/broken") return stream({"one ", "throw"});
        if (path == "/broken-at-once") return stream({"throw"});
        if (path == "/empty-stream") return stream({});
        if (path == "/no-content") return {.status = 204};
        if (path == "/large") {
            http::Response response;
            response.headers.set("Content-Type", "text/csv; charset=utf-8");
            response.body = http::Body(numbers());
            return response;
        }
        if (path == "/huge") return {.body = http::Body(std::string(std::size_t{16} << 20, 'a'))};
        if (path == "/header") {
            http::Response response;
            response.headers.set("X-Bad", "a\r\nX-Worse: b");
            return response;
        }
        if (path == "/teapot") throw http::MessageError(418, "short and stout");
        throw Error("secret detail of " + path);
    }

    /// 0 to 99999, one a line.
    static const std::string& numbers() {
        static const std::string made = [] {
            std::string text;
            for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + "\n";
            return text;
        }();
        return made;
    }
};

class LiveServer {
public:
    explicit LiveServer(http::ServerOptions options = {})
        : server_(loop_.get_executor(), with_log(std::move(options)), handler_),
          thread_([this] { trommel::run(loop_, server_.run()); }) {}
    LiveServer(const LiveServer&) = delete;
    LiveServer& operator=(const LiveServer&) = delete;
    ~LiveServer() { stop(); }

    std::uint16_t port() const { return server_.port(); }
    std::size_t connection_limit() const { return server_.connection_limit(); }
    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port()) + path;
    }

    void drain() {
        asio::post(loop_, [this] { server_.drain(); });
    }
    /// What kept it from activity so, or nothing.
    std::string reload_tls() {
        std::promise<std::string> done;
        asio::post(loop_, [&] {
            try {
                server_.reload_tls();
                done.set_value("");
            } catch (const Error& error) {
                done.set_value(error.what());
            }
        });
        return done.get_future().get();
    }
    /// Returns once all connections have ended.
    void stop() {
        if (!thread_.joinable()) return;
        drain();
        thread_.join();
    }

    /// What the server reported; after stop().
    const std::vector<std::string>& failures() const { return failures_; }

private:
    http::ServerOptions with_log(http::ServerOptions options) {
        options.failed = [this](const std::string& what) { failures_.push_back(what); };
        return options;
    }

    Answers handler_;
    std::vector<std::string> failures_;
    asio::io_context loop_{1};
    http::Server server_;
    std::thread thread_;
};

}  // namespace trommel::test
