#include "stages/stand_in_model_server.hpp"

#include "trommel/core/error.hpp"
#include "trommel/http/message_error.hpp"
#include "trommel/runtime/run.hpp"

#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace trommel::test {
namespace {

using stages::InferenceBody;
using stages::Tensor;
using stages::TensorForm;

const std::string models_path = "/v2/models/";

/// The share of ink in a quarter of an image of 8 x 8.
double ink(std::span<const double> image, std::size_t quarter) {
    double sum = 0;
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t col = 0; col < 4; ++col)
            sum += image[(quarter / 2 * 4 + row) * 8 + quarter % 2 * 4 + col];
    return sum / (16 * 16);
}

std::vector<Tensor> quadrants(const Tensor& input) {
    if (input.shape.size() != 2 || input.shape[1] != 64)
        throw http::MessageError(400, "quadrants takes images of (n, 64)");
    Tensor scores{.name = "scores", .shape = {input.shape[0], 4}};
    Tensor labels{.name = "labels", .shape = scores.shape};
    for (std::size_t i = 0; i < input.shape[0]; ++i)
        for (std::size_t quarter = 0; quarter < 4; ++quarter) {
            const double share = ink(std::span(input.values).subspan(i * 64, 64), quarter);
            scores.values.push_back(std::min(1.0, 2 * share));
            labels.values.push_back(share < 0.1 ? -1 : static_cast<double>(quarter));
        }
    return {scores, labels};
}

std::vector<Tensor> planes(const Tensor& input) {
    Tensor probabilities{.name = "probabilities", .shape = {input.shape.at(0), 2}};
    Tensor logits{.name = "logits", .shape = probabilities.shape};
    const std::size_t width = input.values.size() / input.shape[0];
    for (std::size_t i = 0; i < input.shape[0]; ++i) {
        const double x = input.values[i * width];
        const double p = 1 / (1 + std::exp(-x));
        probabilities.values.insert(probabilities.values.end(), {1 - p, p});
        logits.values.insert(logits.values.end(), {0, x});
    }
    return {probabilities, logits};
}

std::vector<Tensor> outputs_of(const std::string& model, const Tensor& input) {
    if (model == "quadrants") return quadrants(input);
    if (model == "planes" || model == "bytes") return planes(input);
    if (model != "broken") throw http::MessageError(404, "no model '" + model + "'");
    auto outputs = planes(input);
    if (input.shape[0] > 1) outputs[0].values[2] = std::numeric_limits<double>::quiet_NaN();
    return outputs;
}

InferenceBody answer_to(const std::string& model, const InferenceBody& question) {
    const auto inputs = stages::read_tensors(question, "inputs");
    const auto* const datatype = model == "bytes" ? "UINT8" : "FP32";
    if (inputs.size() != 1 || inputs[0].name != "input" || inputs[0].datatype != datatype)
        throw http::MessageError(400, fmt::format("give one input 'input' of {}", datatype));
    auto outputs = outputs_of(model, inputs[0]);
    const bool binary = stages::wants_binary(question);
    const auto text = question.bytes.substr(0, question.json_bytes.value_or(std::string::npos));
    if (text.find("\"outputs\"") != std::string::npos)  // those alone that are asked for
        std::erase_if(outputs, [&](const Tensor& output) {
            return text.find('"' + output.name + '"') == std::string::npos;
        });
    return stages::write_response(model, outputs, binary ? TensorForm::binary : TensorForm::json);
}

http::Response response_of(InferenceBody body) {
    http::Response response;
    response.headers.set("Content-Type",
                         body.json_bytes ? "application/octet-stream" : "application/json");
    if (body.json_bytes)
        response.headers.set(stages::inference_header_length, std::to_string(*body.json_bytes));
    response.body = http::Body(std::move(body.bytes));
    return response;
}

http::Response refusal(unsigned status, const std::string& reason) {
    http::Response response;
    response.status = status;
    response.body = http::Body(fmt::format(R"({{"error":"{}"}})", reason));
    return response;
}

http::Response described(const std::string& description) {
    http::Response response;
    response.headers.set("Content-Type", "application/json");
    response.body = http::Body(description);
    return response;
}

std::optional<std::size_t> json_bytes(const http::Headers& headers) {
    const auto text = headers.get(stages::inference_header_length);
    std::size_t bytes = 0;
    const auto end = text.data() + text.size();
    if (text.empty() || std::from_chars(text.data(), end, bytes).ptr != end) return std::nullopt;
    return bytes;
}

}  // namespace

asio::awaitable<http::Response> StandInModels::answer(http::Request request) {
    const std::string target = request.target;
    if (target == "/v2/health/ready" || target == "/v2/health/live") co_return http::Response();
    if (target == "/v2" && !description.empty()) co_return described(description);
    const bool is_infer = target.starts_with(models_path) && target.ends_with("/infer");
    if (!is_infer || request.method != "POST") co_return refusal(404, "no such path");
    std::string model = target.substr(models_path.size());
    model.resize(model.find('/'));
    co_return co_await infer(std::move(model), std::move(request));
}

asio::awaitable<http::Response> StandInModels::infer(std::string model, http::Request request) {
    InferenceBody question;
    question.json_bytes = json_bytes(request.headers);
    last_headers_ = request.headers;
    question.bytes = co_await request.body.read_all(1 << 28);
    Mishap fate;
    ++asked_;
    if (mishap) fate = mishap(asked_);
    most_at_once_ = std::max(most_at_once_, ++at_once_);
    asio::steady_timer timer(co_await asio::this_coro::executor, fate.delay);
    co_await timer.async_wait(asio::use_awaitable);
    --at_once_;
    http::Response response;
    try {
        if (stages::wants_binary(question)) ++binary_;
        response = response_of(answer_to(model, question));
    } catch (const http::MessageError& error) {
        response = refusal(error.status(), error.what());
    } catch (const DataError& error) {
        response = refusal(400, error.what());
    }
    if (fate.status != 0) {
        response = refusal(fate.status, "told to");
        response.headers = std::move(fate.headers);
    }
    if (fate.body) response.body = http::Body(*std::move(fate.body));
    co_return response;
}

StandInModelServer::StandInModelServer()
    : server_(loop_.get_executor(), {}, models_),
      port_(server_.port()),
      thread_([this] { trommel::run(loop_, server_.run()); }) {}

void StandInModelServer::stop() {
    if (!thread_.joinable()) return;
    asio::post(loop_, [this] { server_.drain(); });
    thread_.join();
}

}  // namespace trommel::test
