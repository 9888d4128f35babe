#include "stages/model_server/model_server.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel::stages {
namespace {

constexpr std::uint64_t longest_answer = std::uint64_t{1} << 30;

http::Url server_url(const ModelServerOptions& options) {
    try {
        http::Url url = http::parse_url(options.url);
        while (url.target.ends_with('/')) url.target.pop_back();
        url.target += "/v2";
        return url;
    } catch (const Error& error) {
        throw ConfigError(fmt::format("the model server's url: {}", error.what()));
    }
}

http::Url model_url(http::Url server, const ModelServerOptions& options) {
    server.target += "/models/" + http::percent_encoded(options.model);
    if (!options.version.empty())
        server.target += "/versions/" + http::percent_encoded(options.version);
    server.target += "/infer";
    return server;
}

http::ClientOptions client_options(const ModelServerOptions& options) {
    http::ClientOptions client;
    client.connect = std::min(client.connect, options.answer_within);
    client.answer = options.answer_within;
    client.body = options.answer_within;
    client.connections = options.connections;
    client.ca_file = options.ca_file;
    return client;
}

InferenceBody write_question(const Tensor& input,
                             const std::vector<std::string>& outputs,
                             TensorForm form) {
    return write_request({input}, outputs, form);
}

std::vector<Tensor> read_answer(const InferenceBody& body) { return read_tensors(body, "outputs"); }

std::optional<std::size_t> json_bytes(const http::Headers& headers) {
    if (!headers.has(inference_header_length)) return std::nullopt;
    const auto text = headers.get(inference_header_length);
    const auto bytes = parse_number(text);
    if (!bytes || !(*bytes >= 0 && *bytes <= static_cast<double>(longest_answer)))
        throw DataError(
            fmt::format("{} is '{}', which is not a length", inference_header_length, text));
    return static_cast<std::size_t>(*bytes);
}

}  // namespace

ModelServer::ModelServer(asio::any_io_executor executor,
                         ModelServerOptions options,
                         Clock& clock,
                         CpuPool& cpu,
                         const Random& jitter)
    : options_(std::move(options)),
      server_(server_url(options_)),
      model_(model_url(server_, options_)),
      form_(options_.form),
      name_(fmt::format("model server {}, model '{}'", server_.origin(), options_.model)),
      clock_(clock),
      cpu_(cpu),
      jitter_(jitter),
      client_(std::move(executor), client_options(options_)) {}

asio::awaitable<std::vector<Tensor>> ModelServer::infer(Tensor input,
                                                        std::vector<std::string> outputs,
                                                        std::string what) {
    const auto where = fmt::format("{}, {}: ", name_, what);
    try {
        const TensorForm tensors_go = co_await form(where);
        Question question;
        question.url = model_;
        question.body =
            co_await on_cpu(cpu_, write_question, std::move(input), std::move(outputs), tensors_go);
        InferenceBody body = co_await answer_of(question, where);
        std::vector<Tensor> tensors = co_await on_cpu(cpu_, read_answer, std::move(body));
        co_return tensors;
    } catch (const DataError& error) {
        throw DataError(where + error.what());
    }
}

asio::awaitable<TensorForm> ModelServer::form(const std::string& where) {
    if (form_) co_return *form_;
    Question question;
    question.url = server_;
    std::string description;
    try {
        InferenceBody body = co_await answer_of(question, where);
        description = std::move(body.bytes);
    } catch (const DataError&) {
        description.clear();  // it does not describe itself: every server speaks JSON
    }
    form_ = has_binary_tensors(description) ? TensorForm::binary : TensorForm::json;
    co_return *form_;
}

asio::awaitable<InferenceBody> ModelServer::answer_of(const Question& question,
                                                      const std::string& where) {
    for (unsigned tries = 1;; ++tries) {
        Result<Answer> result = co_await attempt(question);
        if (result.has_value()) co_return std::move(result.value().body);
        const Failure failure = result.error();
        if (tries >= options_.retry.attempts)
            throw TransientError(fmt::format("{}{} ({} tries)", where, failure.what, tries),
                                 failure.retry_after);
        const auto next = clock_.now() + retry_delay(options_.retry, tries, failure, jitter_);
        co_await clock_.sleep_until(next);
    }
}

asio::awaitable<Result<ModelServer::Answer>> ModelServer::attempt(const Question& question) {
    Answer answer;
    std::optional<Failure> failure;
    try {
        const auto until = std::chrono::steady_clock::now() + options_.answer_within;
        answer = co_await with_deadline(ask(question), until);
    } catch (const DeadlineExceeded&) {
        failure = Failure{
            fmt::format("did not answer within {}; allow more by 'answer_within', or ask for fewer "
                        "samples by 'batch'",
                        to_text(options_.answer_within)),
            true};
    } catch (const TransientError& error) {
        failure = Failure{error.what(), true, error.retry_after()};
    } catch (const DataError&) {
        throw;
    } catch (const Error& error) {
        throw DataError(error.what());
    }
    if (failure) co_return *std::move(failure);
    if (http::may_pass(answer.status)) {
        Failure busy{fmt::format("answered {}: {}", answer.status, error_text(answer.body.bytes)),
                     true};
        busy.retry_after = http::retry_after(answer.headers);
        co_return busy;
    }
    if (answer.status != 200)
        throw DataError(
            fmt::format("answered {}: {}", answer.status, error_text(answer.body.bytes)));
    answer.body.json_bytes = json_bytes(answer.headers);
    co_return answer;
}

asio::awaitable<ModelServer::Answer> ModelServer::ask(const Question& question) {
    http::Response response = co_await client_.send(question.url, request_of(question));
    Answer answer;
    answer.status = response.status;
    answer.headers = std::move(response.headers);
    answer.body.bytes = co_await response.body.read_all(longest_answer);
    co_return answer;
}

http::Request ModelServer::request_of(const Question& question) const {
    http::Request request;
    if (!options_.token.empty()) request.headers.add("Authorization", "Bearer " + options_.token);
    if (!question.body) return request;
    request.method = "POST";
    const auto& json_bytes = question.body->json_bytes;
    request.headers.add("Content-Type",
                        json_bytes ? "application/octet-stream" : "application/json");
    if (json_bytes) request.headers.add(inference_header_length, std::to_string(*json_bytes));
    request.body = http::Body(question.body->bytes);
    return request;
}

}  // namespace trommel::stages
