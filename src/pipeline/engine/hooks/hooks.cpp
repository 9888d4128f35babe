#include "pipeline/engine/hooks/hooks.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trommel {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds grace{1000};  // between SIGTERM and SIGKILL

bool waits_for(const HookSpec& hook, HookEvent event) {
    return std::ranges::count(hook.on, event) > 0;
}

json::object metrics_of(const RoundRecord& round) {
    json::object metrics;
    for (const auto& [metric, value] : round.values)
        metrics[metric] = std::isfinite(value) ? json::value(value) : json::value();
    return metrics;
}

/// A hook may read it or not.
asio::awaitable<void> write_input(Process& process, std::string input) {
    (void)co_await process.write(std::move(input));
}

}  // namespace

Hooks::Hooks(const asio::any_io_executor& executor,
             const Pipeline& pipeline,
             std::string run,
             std::filesystem::path directory,
             Journal& journal,
             Clock& clock,
             Observer& observer)
    : pipeline_(pipeline),
      run_(std::move(run)),
      directory_(std::filesystem::absolute(directory)),
      journal_(journal),
      clock_(clock),
      observer_(observer),
      webhooks_(executor, clock) {}

asio::awaitable<void> Hooks::finish() { return webhooks_.finish(); }

asio::awaitable<void> Hooks::abandon() { return webhooks_.abandon(); }

asio::awaitable<void> Hooks::run_started() {
    News news;
    co_await tell(std::move(news));
}

asio::awaitable<void> Hooks::round_finished(RoundRecord round) {
    finished_ = std::max(finished_, round.round);
    News news;
    news.event = HookEvent::round_finished;
    news.round = round.round;
    news.facts = {{"round", round.round}, {"chosen", round.chosen}};
    if (round.labels) news.facts["labels"] = *round.labels;
    news.facts["metrics"] = metrics_of(round);
    co_await tell(std::move(news));
}

asio::awaitable<void> Hooks::run_finished(std::string reason, std::size_t rounds) {
    News news;
    news.event = HookEvent::run_finished;
    news.facts = {{"reason", reason}, {"rounds", rounds}};
    co_await tell(std::move(news));
}

asio::awaitable<void> Hooks::run_failed(std::string error) {
    News news;
    news.event = HookEvent::run_failed;
    news.facts = {{"error", error}};
    co_await tell(std::move(news));
}

asio::awaitable<void> Hooks::tell(News news) {
    for (const HookSpec& hook : pipeline_.hooks) {
        if (!waits_for(hook, news.event)) continue;
        co_await tell_one(hook, news);
    }
}

asio::awaitable<void> Hooks::tell_one(const HookSpec& hook, const News& news) {
    const std::string key = key_of(hook, news);
    const bool every_time = news.event == HookEvent::run_failed;
    if (!every_time && journal_.has_told(key)) co_return;
    if (hook.webhook) {
        post(hook, news);
        co_return;
    }
    const std::string failure = co_await run_hook(hook, news);
    co_await settle(hook, news, failure);
}

void Hooks::post(const HookSpec& hook, News news) {
    WebhookMessage message;
    message.id = "msg_" + sha256(key_of(hook, news)).substr(0, 32);
    message.body = input_of(hook, news);
    message.settle = [this, &hook, news = std::move(news)](const std::string& failure) {
        return settle(hook, news, failure);
    };
    webhooks_.post(hook, std::move(message));
}

asio::awaitable<void> Hooks::settle(const HookSpec& hook,
                                    const News& news,
                                    const std::string& failure) {
    if (!failure.empty()) report(hook, news, failure);
    if (news.event == HookEvent::run_failed) co_return;
    co_await journal_.told(key_of(hook, news));
}

asio::awaitable<std::string> Hooks::run_hook(const HookSpec& hook, const News& news) {
    ProcessSpec spec;
    spec.argv = hook.command.argv;
    spec.directory = hook.command.folder;
    spec.environment = environment_of(hook, news);
    spec.grace = grace;
    const std::string input = input_of(hook, news);
    const ProcessTalk feed = [&input](Process& process) { return write_input(process, input); };
    std::string failure;
    try {
        auto work = run_process(std::move(spec), feed, ProcessTalk{});
        const auto deadline = clock_.now() + hook.timeout;
        ExitStatus status = co_await with_deadline(clock_, std::move(work), deadline);
        status.errors = pipeline_.secrets.redacted(std::string(trim(status.errors)));
        if (!status.success())
            failure = fmt::format("'{}' {}", hook.command.argv.front(), to_text(status));
    } catch (const DeadlineExceeded&) {
        failure = fmt::format("'{}' did not end within its timeout of {} and was killed",
                              hook.command.argv.front(),
                              to_text(hook.timeout));
    } catch (const Error& error) {
        failure = error.what();
    }
    co_return failure;
}

void Hooks::report(const HookSpec& hook, const News& news, const std::string& failure) {
    const std::string what =
        fmt::format("hook '{}' on {}: {}", hook.name, to_string(news.event), failure);
    if (hook.fails_run && news.event != HookEvent::run_failed)
        throw HookError(
            fmt::format("{}:{}: {}", pipeline_.file_of(hook.place), hook.place.line, what));
    observer_.warned({.round = news.round,
                      .code = "hook-failed",
                      .message = what,
                      .hint = hook.webhook ? "the run goes on"
                                           : "the run goes on; 'on_error: fail' would end it"});
}

/// The same whenever the hook is told the same thing.
std::string Hooks::key_of(const HookSpec& hook, const News& news) const {
    return fmt::format("{}/{}/{}/{}", run_, hook.name, to_string(news.event), news.round);
}

std::string Hooks::input_of(const HookSpec& hook, const News& news) const {
    json::object input{{"event", to_string(news.event)},
                       {"pipeline", pipeline_.name},
                       {"run", run_},
                       {"directory", directory_.string()},
                       {"key", key_of(hook, news)}};
    for (const auto& [key, value] : news.facts) input[key] = value;
    return json_text(input) + '\n';
}

EnvironmentVariables Hooks::environment_of(const HookSpec& hook, const News& news) const {
    EnvironmentVariables environment = hook.env;
    environment["TROMMEL_EVENT"] = to_string(news.event);
    environment["TROMMEL_PIPELINE"] = pipeline_.name;
    environment["TROMMEL_RUN"] = run_;
    environment["TROMMEL_RUN_DIR"] = directory_.string();
    environment["TROMMEL_ROUND"] = std::to_string(news.round > 0 ? news.round : finished_);
    return environment;
}

}  // namespace trommel
