#include "trommel/server/server.hpp"

#include "server/resources/kept_secrets.hpp"
#include "server/resources/resources.hpp"
#include "server/resources/team_datasets.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/gate.hpp"
#include "server/routing/headers.hpp"
#include "server/routing/router.hpp"
#include "server/routing/visibility.hpp"
#include "server/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "trommel/core/name.hpp"
#include "trommel/core/text.hpp"
#include "trommel/http/message_error.hpp"
#include "trommel/server/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace trommel::server {

namespace {

using Clock = std::chrono::steady_clock;

http::Response no_route(const std::string& path, const std::vector<std::string>& methods) {
    if (methods.empty())
        return error_answer(404, "NOT_FOUND", fmt::format("there is nothing at {}", shown(path)));
    auto response = error_answer(
        405, "BAD_REQUEST", fmt::format("{} takes {}", shown(path), fmt::join(methods, ", ")));
    response.headers.add("Allow", fmt::format("{}", fmt::join(methods, ", ")));
    return response;
}

/// StoreError and PlatformError have the same reasons under the same names.
template <typename Reason>
http::Response refusal(Reason reason, const Codes& codes, const std::string& what) {
    if (reason == Reason::not_found) return error_answer(404, codes.not_found, what);
    if (reason == Reason::exists) return error_answer(409, codes.exists, what);
    if (reason == Reason::invalid) return error_answer(422, codes.invalid, what);
    if (reason != Reason::unavailable) return error_answer(500, "BAD_REQUEST", what);
    auto response = error_answer(503, "BAD_REQUEST", what);
    response.headers.add("Retry-After", "1");
    return response;
}

http::Response platform_refusal(PlatformError::Reason reason,
                                const Codes& codes,
                                const std::string& what) {
    // The caller's own token is fine.
    if (reason == PlatformError::Reason::denied) return error_answer(502, "BAD_REQUEST", what);
    return refusal(reason, codes, what);
}

const char* code_of(unsigned status) { return status == 413 ? "PAYLOAD_TOO_LARGE" : "BAD_REQUEST"; }

/// What the call is answered with; what is no error of a call goes on.
http::Response answer_to(const std::exception_ptr& failure,
                         const Codes& codes,
                         const DiskPaths& paths) {
    try {
        std::rethrow_exception(failure);
    } catch (const TooManyCalls& error) {
        auto response = error_answer(error.status(), error.code(), error.what());
        response.headers.add("Retry-After", std::to_string(error.retry_after().count()));
        return response;
    } catch (const ApiError& error) {
        return error_answer(error.status(), error.code(), error.what());
    } catch (const http::MessageError& error) {
        return error_answer(error.status(), code_of(error.status()), error.what());
    } catch (const PlatformError& error) {
        return platform_refusal(error.reason(), codes, paths.removed_from(error.what()));
    } catch (const store::StoreError& error) {
        return refusal(error.reason(), codes, paths.removed_from(error.what()));
    }
}

constexpr std::size_t small_body = 65536;

boost::json::value read_json(const std::shared_ptr<const std::string>& text,
                             const schema::Schema* schema) {
    auto json = parse_json(*text);
    if (const auto fault = schema::fault(*schema, json))
        throw ApiError(422, "MALFORMED_REQUEST", *fault);
    return json;
}

bool is_media(std::string_view type, std::string_view media) {
    const auto own = trim(type.substr(0, type.find(';')));
    return std::equal(own.begin(), own.end(), media.begin(), media.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    });
}

/// What a page of any site may send without asking first is no JSON. A body without a type is taken
/// for JSON: a browser tells where it comes from. What came with a token no page has sent, so there
/// the type that `curl -d` has by default will do.
void check_is_json(const Call& call) {
    if (!call.request.headers.has("Content-Type")) return;
    const auto type = call.header("Content-Type");
    if (is_media(type, "application/json")) return;
    if (!call.caller.token.empty() && is_media(type, "application/x-www-form-urlencoded")) return;
    throw ApiError(415,
                   "MALFORMED_REQUEST",
                   "the body has to come with the header 'Content-Type: application/json'");
}

TokenRecord record_of(const Tokens& tokens, const GivenToken& given) {
    const auto role = parse_role(given.role);
    if (!role || role == Role::none)
        throw ConfigError(fmt::format(
            "token '{}' has the role '{}'; give it read, write or admin", given.name, given.role));
    if (is_digest_of_nothing(given.sha256))
        throw ConfigError(fmt::format(
            "token '{}' is empty: its SHA-256 is that of no text or of blanks; look for its text",
            given.name));
    return {.id = {},
            .name = given.name,
            .role = *role,
            .team = given.team,
            .digest = tokens.digest_of_sha256(given.sha256),
            .created_at = now(),
            .expires_at = given.expires_at,
            .is_given = true};
}

std::vector<TokenRecord> records_of(const Tokens& tokens, const std::vector<GivenToken>& given) {
    std::vector<TokenRecord> records;
    for (const auto& each : given) records.push_back(record_of(tokens, each));
    return records;
}

}  // namespace

Timestamp now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
}

struct Server::Parts {
    Parts(Platform& platform, std::unique_ptr<store::ServedStore> store, ServerOptions given)
        : options(std::move(given)),
          records(std::move(store)),
          files(options.folder, io),
          secret(Secret::load_or_make(options.folder / "secret", options.warn)),
          vault(secret),
          tokens(secret),
          teams(records.store()),
          urls(secret,
               tokens,
               std::min<std::chrono::seconds>(options.url_lifetime, longest_url_lifetime)),
          gate(tokens, urls, options),
          paths(options.folder),
          router(all_routes()),
          services{
              platform, records, files, turns, tokens, teams, urls, vault, paths, options, router} {
        for (auto& record : records_of(tokens, options.tokens)) tokens.add(std::move(record));
        for (auto& record : kept_tokens(records.store())) tokens.add(std::move(record));
        seal_kept_secrets(records.store(), vault, options.warn);
    }

    asio::awaitable<http::Response> answer(http::Request& request, const Target& target);
    asio::awaitable<http::Response> answer_route(const Router::Match& match,
                                                 http::Request& request,
                                                 const Target& target);
    asio::awaitable<http::Response> call(const Route& route, Call& call);

    ServerOptions options;
    IoPool io;
    Records records;
    Files files;
    Turns turns;
    Secret secret;
    Vault vault;
    Tokens tokens;
    Teams teams;
    SignedUrls urls;
    Gate gate;
    DiskPaths paths;
    Router router;
    Services services;
};

asio::awaitable<http::Response> Server::Parts::call(const Route& route, Call& call) {
    if (route.request) {
        std::string body = co_await call.request.body.read_all(options.max_body_bytes);
        const auto text = std::make_shared<const std::string>(std::move(body));
        if (!text->empty()) check_is_json(call);
        if (text->size() <= small_body) {
            call.json = read_json(text, &*route.request);
        } else {
            // Megabytes take the time in which the loop could answer others.
            call.json = co_await on_io(io, read_json, text, &*route.request);
        }
    }
    if (route.streams_json) check_is_json(call);
    // As late as a route finds out what there is not, so that the two look alike.
    co_await check_visible(call);
    http::Response response = co_await route.answer(call);
    co_return response;
}

asio::awaitable<http::Response> Server::Parts::answer_route(const Router::Match& match,
                                                            http::Request& request,
                                                            const Target& target) {
    if (match.route == nullptr && request.method == "OPTIONS" && !match.methods.empty())
        co_return preflight_answer(gate.site(), request);
    if (match.route == nullptr) co_return no_route(target.path(), match.methods);
    Call each{request, target, services, match.parameters, {}, {}};
    each.caller = gate.admit(*match.route, request, target);
    http::Response response = co_await call(*match.route, each);
    co_return response;
}

asio::awaitable<http::Response> Server::Parts::answer(http::Request& request,
                                                      const Target& target) {
    // The answer to HEAD is that to GET; the HTTP floor leaves its body out.
    if (request.method == "HEAD") request.method = "GET";
    const auto match = router.find(request.method, target.segments());
    std::exception_ptr failure;
    http::Response response;
    try {
        gate.check(request);
        if (!teams.begun().empty()) co_await finish_begun(services);
        response = co_await answer_route(match, request, target);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure)
        response = answer_to(failure, match.route == nullptr ? Codes{} : match.route->codes, paths);
    add_safe_headers(response);
    add_named_origin(response, gate.site(), request);
    co_return response;
}

http::Response refusal(unsigned status, const std::string& reason) {
    auto response = error_answer(status, code_of(status), reason);
    add_safe_headers(response);
    return response;
}

Server::Server(Platform& platform, std::unique_ptr<store::ServedStore> store, ServerOptions options)
    : parts_(std::make_unique<Parts>(platform, std::move(store), std::move(options))) {}

Server::~Server() = default;

bool Server::asks_for_tokens() const { return !parts_->tokens.is_open(); }

bool Server::knows(const http::Request& request) const { return parts_->gate.knows(request); }

void Server::replace_given_tokens(const std::vector<GivenToken>& given) {
    parts_->tokens.replace_given(records_of(parts_->tokens, given));
}

asio::awaitable<http::Response> Server::answer(http::Request request) {
    const auto begin = Clock::now();
    const Target target(request.target);
    http::Response response = co_await parts_->answer(request, target);
    if (parts_->options.log) {
        const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
        parts_->options.log(fmt::format(
            "{} {} {} {:.1f} ms", request.method, target.path(), response.status, took.count()));
    }
    co_return response;
}

}  // namespace trommel::server
