// A model that answers over HTTP by the Open Inference Protocol, version 2: KServe, Triton,
// MLServer, OpenVINO Model Server.
#pragma once

#include "stages/model_server/inference_message.hpp"
#include "trommel/core/random.hpp"
#include "trommel/http/client.hpp"
#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/cpu_pool.hpp"
#include "trommel/runtime/result.hpp"
#include "trommel/runtime/retry.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace trommel::stages {

struct ModelServerOptions {
    std::string url{};  ///< `http://host:8000`, without /v2
    std::string model{};
    std::string version{};             ///< empty: the server chooses
    std::string token{};               ///< empty: none is sent
    std::string ca_file{};             ///< PEM of trusted certificates; empty: those of the system
    std::optional<TensorForm> form{};  ///< none: binary if the server says that it can
    std::chrono::milliseconds answer_within{60'000};  ///< for each try, all of it
    RetryPolicy retry{.attempts = 5};
    std::size_t connections = 4;
};

/// Asks for predictions; any number of questions at a time, as many as it has connections are under
/// way.
class ModelServer {
public:
    /// `clock` and `cpu` outlive it. Throws ConfigError on a URL that is none.
    ModelServer(asio::any_io_executor executor,
                ModelServerOptions options,
                Clock& clock,
                CpuPool& cpu,
                const Random& jitter);

    /// What the model makes of the input: the tensors named `outputs`, or all. What may pass (a
    /// server that cannot be reached, breaks off, is too slow or busy: 408, 425, 429, 502, 503 and
    /// 504) is tried again, after Retry-After where that is longer; then TransientError. Throws
    /// DataError on a refusal and on an answer that breaks the protocol. Errors begin with the
    /// server, the model and `what` was asked.
    asio::awaitable<std::vector<Tensor>> infer(Tensor input,
                                               std::vector<std::string> outputs,
                                               std::string what);

    /// The server and the model, as errors call them.
    const std::string& name() const { return name_; }

private:
    struct Answer {
        unsigned status = 0;
        http::Headers headers{};
        InferenceBody body{};
    };

    /// To POST where there is a body, else to GET.
    struct Question {
        http::Url url{};
        std::optional<InferenceBody> body{};
    };

    /// How tensors go, for which the server is asked once.
    asio::awaitable<TensorForm> form(const std::string& where);
    asio::awaitable<Answer> ask(const Question& question);
    asio::awaitable<Result<Answer>> attempt(const Question& question);
    /// Of as many attempts as it takes.
    asio::awaitable<InferenceBody> answer_of(const Question& question, const std::string& where);
    http::Request request_of(const Question& question) const;

    ModelServerOptions options_;
    http::Url server_;  ///< what describes it
    http::Url model_;   ///< what answers
    std::optional<TensorForm> form_;
    std::string name_;
    Clock& clock_;
    CpuPool& cpu_;
    Random jitter_;
    http::Client client_;
};

}  // namespace trommel::stages
