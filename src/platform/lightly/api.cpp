#include "platform/lightly/api.hpp"

#include "platform/lightly/answers.hpp"
#include "trommel/runtime/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <string_view>
#include <utility>

namespace trommel::lightly {
namespace {

using Reason = PlatformError::Reason;

constexpr std::uint64_t most_of_a_text = std::uint64_t{64} << 20;

/// What may be otherwise at the next try.
/// Lightly's codes say more than its statuses; both are those of its API description.
Reason reason_of(unsigned status, std::string_view code) {
    constexpr std::array missing = {"NOT_FOUND",
                                    "TAG_NO_TAG_IN_DATASET",
                                    "TAG_PREVTAG_NOT_IN_DATASET",
                                    "TAG_QUERYTAG_NOT_IN_DATASET",
                                    "TAG_PRESELECTEDTAG_NOT_IN_DATASET",
                                    "TAG_NO_SCORES_AVAILABLE"};
    if (code.ends_with("_EXISTS")) return Reason::exists;
    if (code.ends_with("_UNKNOWN")) return Reason::not_found;
    if (std::find(missing.begin(), missing.end(), code) != missing.end()) return Reason::not_found;
    if (code == "EMBEDDING_NOT_READY") return Reason::unavailable;
    if (status == 404) return Reason::not_found;
    if (status == 409) return Reason::exists;
    if (status == 507) return Reason::unavailable;  // until somebody frees some space
    return status >= 500 ? Reason::unusable : Reason::invalid;
}

http::Url parse_base(const std::string& text) {
    try {
        http::Url url = http::parse_url(text);
        while (url.target.ends_with('/')) url.target.pop_back();
        return url;
    } catch (const Error& error) {
        throw ConfigError(fmt::format("the platform's url: {}", error.what()));
    }
}

/// Without its query, which may hold a secret.
std::string path_of(const Call& call) { return call.target.substr(0, call.target.find('?')); }

std::uint64_t seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

Call get(std::string target) {
    Call call;
    call.target = std::move(target);
    return call;
}

Call post(std::string target, std::string json) {
    Call call;
    call.method = "POST";
    call.target = std::move(target);
    call.body = [json = std::move(json)] { return http::Body(json); };
    return call;
}

Api::Api(asio::any_io_executor executor, LightlyOptions options, Clock& clock)
    : options_(std::move(options)),
      base_(parse_base(options_.url)),
      clock_(clock),
      client_(std::move(executor), options_.http),
      random_(seed(), 0, "platform.lightly") {}

asio::awaitable<Reply> Api::send(Call call) {
    const auto last_start = clock_.now() + options_.deadline;
    for (unsigned tries = 1;; ++tries) {
        Result<Reply> result = co_await attempt(call);
        if (result.has_value()) {
            Reply reply = std::move(result.value());
            reply.tries = tries;
            if (reply.status >= 400) refuse(call, reply);
            co_return reply;
        }
        const Failure failure = result.error();
        const auto next = clock_.now() + retry_delay(options_.retry, tries, failure, random_);
        if (tries >= options_.retry.attempts || next > last_start) give_up(call, failure);
        co_await clock_.sleep_until(next);
    }
}

asio::awaitable<Result<Reply>> Api::attempt(const Call& call) {
    Reply reply;
    std::optional<Failure> failure;
    try {
        http::Response response = co_await client_.send(url_of(call), request_of(call));
        reply.status = response.status;
        reply.headers = std::move(response.headers);
        if (reply.status < 300 && call.read)
            co_await call.read(response.body);
        else
            reply.text = co_await response.body.read_all(most_of_a_text);
    } catch (const TransientError& error) {
        failure = Failure{error.what(), true, error.retry_after()};
    } catch (const PlatformError&) {
        throw;
    } catch (const Error& error) {
        throw PlatformError(Reason::unusable, error.what());
    }
    if (failure) co_return *std::move(failure);
    if (http::may_pass(reply.status)) {
        Failure busy{fmt::format("{} {}", reply.status, message_of(reply.text)), true};
        busy.retry_after = http::retry_after(reply.headers);
        co_return busy;
    }
    co_return reply;
}

http::Url Api::url_of(const Call& call) const {
    if (call.is_signed) return http::parse_url(call.target);
    http::Url url = base_;
    url.target += call.target;
    if (options_.token.empty()) return url;
    url.target += call.target.find('?') == std::string::npos ? "?token=" : "&token=";
    url.target += http::percent_encoded(options_.token);
    return url;
}

http::Request Api::request_of(const Call& call) {
    http::Request request;
    request.method = call.method;
    request.headers.add("Accept", call.is_signed ? "*/*" : "application/json");
    if (!call.key.empty()) request.headers.add("Idempotency-Key", call.key);
    if (!call.body) return request;
    request.headers.add("Content-Type", call.type);
    request.body = call.body();
    return request;
}

void Api::refuse(const Call& call, const Reply& reply) const {
    const auto code = code_of(reply.text);
    auto what = fmt::format(
        "{}: {} {}: {}", base_.origin(), call.method, path_of(call), message_of(reply.text));
    const bool is_denied = reply.status == 401 || reply.status == 403;
    if (is_denied)
        what = fmt::format("{} does not accept the token for {} {}; give one that may do this",
                           base_.origin(),
                           call.method,
                           path_of(call));
    throw Refused(is_denied ? Reason::denied : reason_of(reply.status, code), what, reply.tries);
}

void Api::give_up(const Call& call, const Failure& failure) const {
    std::string_view what = failure.what;
    const auto again = base_.origin() + ": ";  // what the client's own errors begin with
    if (what.starts_with(again)) what.remove_prefix(again.size());
    throw PlatformError(
        Reason::unavailable,
        fmt::format("{}: {} {}: {}", base_.origin(), call.method, path_of(call), what));
}

asio::awaitable<bool> Api::is_trommel() {
    if (is_trommel_) co_return *is_trommel_;
    bool is = false;
    try {
        Call call = get("/v1/trommel/version");
        const Reply reply = co_await send(std::move(call));
        is = field_of(reply.text, "name") == "trommel";
    } catch (const Refused& refused) {
        if (refused.reason() == Reason::unusable) throw;
        // Lightly knows no such path.
    }
    is_trommel_ = is;
    co_return is;
}

}  // namespace trommel::lightly
