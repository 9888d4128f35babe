// A server on the test's own loop that gives the answers it was told, and notes what it was asked.
#pragma once

#include "support/run.hpp"
#include "trommel/http/server.hpp"
#include "trommel/platform/lightly.hpp"
#include "trommel/runtime/manual_clock.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace trommel::test {

struct Asked {
    std::string line{};  ///< method and target
    http::Headers headers{};
    std::string body{};
};

class ScriptedServer final : public http::Handler {
public:
    explicit ScriptedServer(asio::io_context& loop)
        : loop_(loop), server_(loop.get_executor(), {}, *this) {
        asio::co_spawn(loop, server_.run(), [this](const std::exception_ptr&) { ended_ = true; });
    }
    ~ScriptedServer() override {
        server_.drain();
        loop_.restart();
        while (!ended_) loop_.run_one();
    }

    /// The next answer; after the last, 404.
    ScriptedServer& then(unsigned status, std::string body, http::Headers headers = {}) {
        http::Response response;
        response.status = status;
        response.headers = std::move(headers);
        response.body = http::Body(std::move(body));
        answers_.push_back(std::move(response));
        return *this;
    }
    /// The next answer breaks off, once the request was read.
    ScriptedServer& then_break() { return then(0, ""); }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
    const std::vector<Asked>& asked() const { return asked_; }
    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        for (const auto& each : asked_) lines.push_back(each.line);
        return lines;
    }

    asio::awaitable<http::Response> answer(http::Request request) override {
        Asked asked;
        asked.line = request.method + " " + request.target;
        asked.headers = request.headers;
        asked.body = co_await request.body.read_all(1 << 26);
        asked_.push_back(std::move(asked));
        http::Response response;
        response.status = 404;
        if (answers_.empty()) co_return response;
        response = std::move(answers_.front());
        answers_.pop_front();
        if (response.status != 0) co_return response;
        response.status = 200;
        response.body = http::Body(std::make_unique<Broken>());
        co_return response;
    }

private:
    class Broken final : public http::BodySource {
    public:
        asio::awaitable<std::string> next() override {
            if (std::exchange(begun_, true)) throw Error("broken off");
            co_return "{";
        }

    private:
        bool begun_ = false;
    };

    std::deque<http::Response> answers_;
    std::vector<Asked> asked_;
    asio::io_context& loop_;
    http::Server server_;
    bool ended_ = false;
};

}  // namespace trommel::test
