#include "pipeline/engine/hooks/webhook.hpp"

#include "trommel/core/base64.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/hmac.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

Result<unsigned> judge(const http::Url& url, const http::Response& response) {
    if (response.status >= 200 && response.status < 300) return response.status;
    Failure failure{fmt::format("{} answered {}", url.origin(), response.status)};
    failure.retryable = http::may_pass(response.status) || response.status >= 500;
    failure.retry_after = http::retry_after(response.headers);
    return failure;
}

}  // namespace

http::Request webhook_request(const Webhook& webhook,
                              const WebhookMessage& message,
                              std::chrono::system_clock::time_point now) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    http::Request request;
    request.method = "POST";
    request.headers.add("Content-Type", "application/json");
    request.headers.add("webhook-id", message.id);
    request.headers.add("webhook-timestamp", std::to_string(seconds));
    if (!webhook.key.empty()) {
        const auto signed_text = fmt::format("{}.{}.{}", message.id, seconds, message.body);
        request.headers.add("webhook-signature",
                            "v1," + to_base64(hmac_sha256(webhook.key, signed_text)));
    }
    request.body = http::Body(message.body);
    return request;
}

asio::awaitable<Result<unsigned>> send_webhook(http::Client& client,
                                               Clock& clock,
                                               const Webhook& webhook,
                                               const WebhookMessage& message) {
    const auto url = http::parse_url(webhook.url);
    Failure failure;
    try {
        http::Response response =
            co_await client.send(url, webhook_request(webhook, message, clock.now()));
        co_return judge(url, response);
    } catch (const TransientError& error) {
        failure = {error.what(), true, error.retry_after()};
    } catch (const Error& error) {
        failure = {error.what(), false, {}};
    }
    co_return failure;
}

}  // namespace trommel
