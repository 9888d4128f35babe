// One message to a webhook.
#pragma once

#include "trommel/http/client.hpp"
#include "trommel/pipeline/definition/hook_spec.hpp"
#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/result.hpp"

#include <asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace trommel {

struct WebhookMessage {
    std::string id{};    ///< the same however often it is sent
    std::string body{};  ///< JSON
    /// Hears what became of it: nothing if it was taken, else why it was given up.
    std::function<asio::awaitable<void>(const std::string& failure)> settle{};
};

/// The request that brings a message, signed where the webhook has a key: `webhook-id`,
/// `webhook-timestamp` in seconds since 1970 and `webhook-signature`, which is `v1,` and the base64
/// of HMAC-SHA-256 over `ID.TIMESTAMP.BODY` (Standard Webhooks 1.0.0).
http::Request webhook_request(const Webhook& webhook,
                              const WebhookMessage& message,
                              std::chrono::system_clock::time_point now);

/// Sends it once. The status if that is a success; else what went wrong, which never shows more of
/// the URL than its host, and whether it may pass: the server is not reached or too slow, or
/// answers as http::may_pass has it, or 5xx.
asio::awaitable<Result<unsigned>> send_webhook(http::Client& client,
                                               Clock& clock,
                                               const Webhook& webhook,
                                               const WebhookMessage& message);

}  // namespace trommel
