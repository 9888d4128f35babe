// Webhooks: tells URLs what a run does, beside the run.
#pragma once

#include "pipeline/engine/hooks/webhook.hpp"
#include "trommel/core/random.hpp"
#include "trommel/runtime/event.hpp"
#include "trommel/runtime/nursery.hpp"

#include <asio/any_io_executor.hpp>

#include <deque>
#include <memory>
#include <vector>

namespace trommel {

/// Sends each webhook its messages one after the other, and tries again what may pass, with full
/// jitter and as the server asks, until the hook's timeout for a message is over. Nobody waits for
/// it but finish(), and that one timeout at most.
class Webhooks {
public:
    Webhooks(asio::any_io_executor executor, Clock& clock);
    ~Webhooks();

    /// The hook has a webhook, and outlives this. Twice the same id is one message.
    void post(const HookSpec& hook, WebhookMessage message);

    /// Waits for what is still to be sent. Throws what a message's `settle` has thrown.
    asio::awaitable<void> finish();
    /// The same, but sends nothing more.
    asio::awaitable<void> abandon();

private:
    struct Courier;

    Courier& courier_of(const HookSpec& hook);
    asio::awaitable<void> work(Courier& courier);
    asio::awaitable<std::string> deliver(Courier& courier, const WebhookMessage& message);
    asio::awaitable<void> send(Courier& courier, const WebhookMessage& message, Failure& last);

    asio::any_io_executor executor_;
    Clock& clock_;
    std::vector<std::unique_ptr<Courier>> couriers_;
    Nursery nursery_;
    bool closed_ = false;
    Clock::TimePoint closed_at_{};
};

}  // namespace trommel
