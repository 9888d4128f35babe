#include "pipeline/engine/hooks/webhooks.hpp"

#include "trommel/pipeline/language/units.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <random>

namespace trommel {
namespace {

using namespace std::chrono_literals;

/// Time ends the tries, not their number.
constexpr RetryPolicy policy{
    .attempts = std::numeric_limits<unsigned>::max(), .base = 500ms, .max = 30s};

http::ClientOptions options_of(const Webhook& webhook) {
    http::ClientOptions options;
    options.answer = 15s;  // a receiver notes what it is told and answers at once
    options.connections = 1;
    options.ca_file = webhook.ca_file.string();
    return options;
}

}  // namespace

struct Webhooks::Courier {
    Courier(const asio::any_io_executor& executor, const HookSpec& of)
        : hook(of), client(executor, options_of(*of.webhook)), changed(executor) {}

    const HookSpec& hook;
    http::Client client;
    std::deque<WebhookMessage> waiting{};  ///< the first is being sent
    Event changed;                         ///< there is more to send, or never will be
    Random random{std::random_device{}(), 0, "webhook"};  ///< jitter has to differ between runs
};

Webhooks::Webhooks(asio::any_io_executor executor, Clock& clock)
    : executor_(std::move(executor)), clock_(clock), nursery_(executor_) {}

Webhooks::~Webhooks() = default;

void Webhooks::post(const HookSpec& hook, WebhookMessage message) {
    auto& courier = courier_of(hook);
    const auto is_same = [&](const WebhookMessage& other) { return other.id == message.id; };
    if (std::ranges::any_of(courier.waiting, is_same)) return;
    courier.waiting.push_back(std::move(message));
    courier.changed.set();
}

Webhooks::Courier& Webhooks::courier_of(const HookSpec& hook) {
    const auto found = std::ranges::find_if(
        couriers_, [&](const auto& courier) { return &courier->hook == &hook; });
    if (found != couriers_.end()) return **found;
    couriers_.push_back(std::make_unique<Courier>(executor_, hook));
    nursery_.start(work(*couriers_.back()));
    return *couriers_.back();
}

asio::awaitable<void> Webhooks::finish() {
    closed_ = true;
    closed_at_ = clock_.now();
    for (auto& courier : couriers_) courier->changed.set();
    return nursery_.join();
}

asio::awaitable<void> Webhooks::abandon() {
    nursery_.cancel();
    return nursery_.join();
}

asio::awaitable<void> Webhooks::work(Courier& courier) {
    for (;;) {
        while (courier.waiting.empty() && !closed_) co_await courier.changed.wait();
        if (courier.waiting.empty()) co_return;
        const WebhookMessage message = courier.waiting.front();
        const std::string failure = co_await deliver(courier, message);
        co_await message.settle(failure);
        courier.waiting.pop_front();
    }
}

asio::awaitable<std::string> Webhooks::deliver(Courier& courier, const WebhookMessage& message) {
    const auto begin = closed_ ? closed_at_ : clock_.now();
    Failure last;
    bool in_time = true;
    try {
        auto sending = send(courier, message, last);
        co_await with_deadline(clock_, std::move(sending), begin + courier.hook.timeout);
    } catch (const DeadlineExceeded&) {
        in_time = false;
    }
    if (in_time) co_return last.what;
    co_return fmt::format("did not take it within its timeout of {}{}{}",
                          to_text(courier.hook.timeout),
                          last.what.empty() ? "" : ": ",
                          last.what);
}

/// Until it is taken or refused for good; `last` is what went wrong last.
asio::awaitable<void> Webhooks::send(Courier& courier,
                                     const WebhookMessage& message,
                                     Failure& last) {
    const auto attempt = [&]() -> asio::awaitable<Result<unsigned>> {
        auto result = co_await send_webhook(courier.client, clock_, *courier.hook.webhook, message);
        last = result.has_value() ? Failure{} : result.error();
        co_return result;
    };
    co_await retry(policy, clock_, courier.random, attempt);
}

}  // namespace trommel
