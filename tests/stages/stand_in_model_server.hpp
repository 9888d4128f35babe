// A small server of models that speaks the Open Inference Protocol, version 2, with Triton's binary
// tensor data extension: for tests and for pipelines/model-server.yaml.
#pragma once

#include "stages/model_server/inference_message.hpp"
#include "trommel/http/server.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace trommel::test {

/// What is to go wrong with a request.
struct Mishap {
    unsigned status = 0;  ///< 0: it is answered as ever
    http::Headers headers{};
    std::optional<std::string> body{};   ///< in place of the answer's
    std::chrono::milliseconds delay{0};  ///< before the answer
};

/// Answers for four models, each with one input `input`:
///  - `quadrants` takes (n, 64), images of 8 x 8 pixels of 0 to 16, and finds ink in their
///    quarters: `scores` and `labels` (n, 4), the label of a quarter without ink -1;
///  - `planes` takes (n, d) and gives `probabilities` and `logits` (n, 2) by the first number;
///  - `bytes` does the same with UINT8;
///  - `broken` takes (n, d) and gives `probabilities` (n, 2), the second row NaN.
class StandInModels final : public http::Handler {
public:
    /// Asked about each inference request, counted from 1, on the server's loop.
    std::function<Mishap(std::size_t nth)> mishap{};

    /// Answers GET /v2; empty: it is refused.
    std::string description =
        R"({"name":"stand-in","version":"1","extensions":["binary_tensor_data"]})";

    asio::awaitable<http::Response> answer(http::Request request) override;

    std::size_t asked() const { return asked_; }
    std::size_t most_at_once() const { return most_at_once_; }
    /// Inference requests, by the form that they asked for.
    std::size_t binary() const { return binary_; }
    const http::Headers& last_headers() const { return last_headers_; }

private:
    asio::awaitable<http::Response> infer(std::string model, http::Request request);

    std::size_t asked_ = 0;
    std::size_t at_once_ = 0;
    std::size_t most_at_once_ = 0;
    std::size_t binary_ = 0;
    http::Headers last_headers_{};
};

/// Such a server on a thread and a loop of its own, beside the test.
class StandInModelServer {
public:
    StandInModelServer();
    StandInModelServer(const StandInModelServer&) = delete;
    StandInModelServer& operator=(const StandInModelServer&) = delete;
    ~StandInModelServer() { stop(); }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// Not to be looked at while it is asked.
    StandInModels& models() { return models_; }
    /// From now on nobody answers.
    void stop();

private:
    StandInModels models_{};
    asio::io_context loop_{1};
    http::Server server_;
    std::uint16_t port_;
    std::thread thread_;
};

}  // namespace trommel::test
