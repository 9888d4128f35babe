#include "trommel/server/server.hpp"

#include "server/kept/group_commit.hpp"
#include "server/kept/reserve.hpp"
#include "server/observe/observation.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/router.hpp"
#include "server/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "trommel/core/no_space.hpp"
#include "trommel/http/message_error.hpp"
#include "trommel/platform/platform_full.hpp"
#include "trommel/server/refusal.hpp"
#include "trommel/store/store_full.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace trommel::server {

namespace {

std::string token_of(const http::Request& request, const Target& target) {
    constexpr std::string_view scheme = "Bearer ";
    const auto header = request.headers.get("Authorization");
    if (header.starts_with(scheme)) return std::string(header.substr(scheme.size()));
    return target.query("token").value_or("");
}

void authorize(const Route& route,
               const Tokens& tokens,
               const std::string& token,
               CallRecord& record) {
    if (route.role == Role::none) return;
    auto role = tokens.is_open() ? Role::admin : Role::none;
    if (const auto* known = tokens.find(token)) {
        role = known->role;
        record.token = known->id;
        record.token_name = known->name;
    }
    if (role == Role::none)
        throw ApiError(401,
                       "UNAUTHORIZED",
                       token.empty() ? "the call has no token; add ?token=… to its URL"
                                     : "the token is not one that this server knows");
    if (role < route.role)
        throw ApiError(403,
                       "FORBIDDEN",
                       fmt::format("the token may {} but this call needs one that may {}",
                                   to_string(role),
                                   to_string(route.role)));
}

http::Response no_route(const std::string& path, const std::vector<std::string>& methods) {
    if (methods.empty())
        return error_answer(404, "NOT_FOUND", fmt::format("there is nothing at {}", path));
    auto response = error_answer(
        405, "BAD_REQUEST", fmt::format("{} takes {}", path, fmt::join(methods, ", ")));
    response.headers.add("Allow", fmt::format("{}", fmt::join(methods, ", ")));
    return response;
}

http::Response no_space(std::string_view what) { return error_answer(507, "BAD_REQUEST", what); }

/// StoreError and PlatformError have the same reasons under the same names.
template <typename Reason>
http::Response refusal(Reason reason, const Codes& codes, const char* what) {
    if (reason == Reason::not_found) return error_answer(404, codes.not_found, what);
    if (reason == Reason::exists) return error_answer(409, codes.exists, what);
    if (reason == Reason::invalid) return error_answer(422, codes.invalid, what);
    if (reason != Reason::unavailable) return error_answer(500, "BAD_REQUEST", what);
    auto response = error_answer(503, "BAD_REQUEST", what);
    response.headers.add("Retry-After", "1");
    return response;
}

http::Response platform_refusal(const PlatformError& error, const Codes& codes) {
    // The caller's own token is fine.
    if (error.reason() == PlatformError::Reason::denied)
        return error_answer(502, "BAD_REQUEST", error.what());
    return refusal(error.reason(), codes, error.what());
}

const char* code_of(unsigned status) { return status == 413 ? "PAYLOAD_TOO_LARGE" : "BAD_REQUEST"; }

bool is_no_space(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const PlatformFullError&) {
        return true;
    } catch (const store::StoreFullError&) {
        return true;
    } catch (const NoSpaceError&) {
        return true;
    } catch (...) {
        return false;
    }
}

/// What the call is answered with; what is no error of a call goes on.
http::Response answer_to(const std::exception_ptr& failure, const Codes& codes) {
    try {
        std::rethrow_exception(failure);
    } catch (const ApiError& error) {
        return error_answer(error.status(), error.code(), error.what());
    } catch (const http::MessageError& error) {
        return error_answer(error.status(), code_of(error.status()), error.what());
    } catch (const PlatformFullError& error) {
        return no_space(error.what());
    } catch (const store::StoreFullError& error) {
        return no_space(error.what());
    } catch (const NoSpaceError& error) {
        return no_space(error.what());
    } catch (const PlatformError& error) {
        return platform_refusal(error, codes);
    } catch (const store::StoreError& error) {
        return refusal(error.reason(), codes, error.what());
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

std::vector<TokenRecord> given_records(const Tokens& tokens, const std::vector<GivenToken>& all) {
    std::vector<TokenRecord> records;
    for (const auto& given : all) {
        const auto role = parse_role(given.role);
        if (!role || role == Role::none)
            throw ConfigError(
                fmt::format("token '{}' has the role '{}'; give it read, write or admin",
                            given.name,
                            given.role));
        records.push_back({.id = {},
                           .name = given.name,
                           .role = *role,
                           .digest = tokens.digest_of_sha256(given.sha256),
                           .created_at = now()});
    }
    return records;
}

/// `/metrics` for everybody, where the options say so.
Routes routes_for(const ServerOptions& options) {
    auto routes = all_routes();
    if (options.metrics_are_public)
        for (auto& route : routes)
            if (route.path == metrics_path) route.role = Role::none;
    return routes;
}

/// The answer's status says that the server failed, and this why.
void note_failure(CallRecord& record, unsigned status, const std::exception_ptr& failure) {
    if (status < 500) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        record.failure = error.what();
    }
}

}  // namespace

Timestamp now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
}

struct Server::Parts {
    Parts(Platform& served, std::unique_ptr<store::ServedStore> store, ServerOptions given)
        : options(std::move(given)),
          platform(served),
          records(std::move(store)),
          files(options.folder, io),
          secret(Secret::load_or_make(options.folder / "secret")),
          tokens(secret),
          urls(secret, options.url_lifetime),
          router(routes_for(options)),
          observation(options, router, io),
          reserve(options.folder),
          commits([this] { return sync(); }),
          services{platform, records, files, turns, tokens, urls, options, router, observation} {
        for (auto& record : given_records(tokens, options.tokens)) tokens.add(std::move(record));
        for (auto& record : kept_tokens(records.store())) tokens.add(std::move(record));
    }

    asio::awaitable<http::Response> answer(http::Request& request,
                                           const Target& target,
                                           CallRecord& record);
    asio::awaitable<http::Response> call(const Route& route, Call& call);
    asio::awaitable<http::Response> change(const Route& route, Call& call);
    asio::awaitable<http::Response> change_durably(const Route& route, Call& call);
    asio::awaitable<void> check_room();
    asio::awaitable<void> sync();

    ServerOptions options;
    Platform& platform;
    IoPool io;
    Records records;
    Files files;
    Turns turns;
    Secret secret;
    Tokens tokens;
    SignedUrls urls;
    Router router;
    Observation observation;
    Reserve reserve;
    GroupCommit commits;
    Services services;
};

asio::awaitable<http::Response> Server::Parts::call(const Route& route, Call& call) {
    if (route.request) {
        std::string body = co_await call.request.body.read_all(options.max_body_bytes);
        const auto text = std::make_shared<const std::string>(std::move(body));
        if (text->size() <= small_body) {
            call.json = read_json(text, &*route.request);
        } else {
            // Megabytes take the time in which the loop could answer others.
            call.json = co_await on_io(io, read_json, text, &*route.request);
        }
    }
    if (!changes(route)) co_return co_await route.answer(call);
    co_return co_await change(route, call);
}

/// On a full disk only what deletes is let through, into the space of the reserve.
asio::awaitable<http::Response> Server::Parts::change(const Route& route, Call& call) {
    const bool deletes = route.method == "DELETE";
    if (!deletes && reserve.is_released()) co_await check_room();
    std::exception_ptr failure;
    http::Response response;
    try {
        response = co_await change_durably(route, call);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure && is_no_space(failure)) {
        const bool has_room_now = co_await on_io(io, &Reserve::release, &reserve);
        if (!deletes || !has_room_now) std::rethrow_exception(failure);
        co_return co_await change_durably(route, call);
    }
    if (failure) std::rethrow_exception(failure);
    co_return response;
}

asio::awaitable<http::Response> Server::Parts::change_durably(const Route& route, Call& call) {
    http::Response response = co_await route.answer(call);
    if (options.durability == Durability::full) co_await commits.wait();
    co_return response;
}

asio::awaitable<void> Server::Parts::check_room() {
    const bool is_made = co_await on_io(io, &Reserve::make, &reserve);
    if (!is_made)
        throw NoSpaceError(
            "the server's disk is full; delete what is not needed, or ask whoever runs the server "
            "to free some space");
}

asio::awaitable<void> Server::Parts::sync() {
    if (options.syncs_platform) co_await platform.flush();
    co_await records.ask(&store::ServedStore::flush);
}

asio::awaitable<http::Response> Server::Parts::answer(http::Request& request,
                                                      const Target& target,
                                                      CallRecord& record) {
    // The answer to HEAD is that to GET; the HTTP floor leaves its body out.
    if (request.method == "HEAD") request.method = "GET";
    auto match = router.find(request.method, target.segments());
    if (match.route == nullptr) co_return no_route(target.path(), match.methods);
    record.route = match.route;
    for (const auto& [name, value] : match.parameters)
        if (name == "datasetId") record.dataset = value;
    Call each{request, target, services, std::move(match.parameters), {}};
    std::exception_ptr failure;
    http::Response response;
    try {
        authorize(*match.route, tokens, token_of(request, target), record);
        response = co_await call(*match.route, each);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        response = answer_to(failure, match.route->codes);
        note_failure(record, response.status, failure);
    }
    co_return response;
}

http::Response refusal(unsigned status, const std::string& reason) {
    return error_answer(status, code_of(status), reason);
}

Server::Server(Platform& platform, std::unique_ptr<store::ServedStore> store, ServerOptions options)
    : parts_(std::make_unique<Parts>(platform, std::move(store), std::move(options))) {}

Server::~Server() = default;

bool Server::asks_for_tokens() const { return !parts_->tokens.is_open(); }

void Server::give_tokens(const std::vector<GivenToken>& tokens) {
    parts_->tokens.replace_given(given_records(parts_->tokens, tokens));
}

asio::awaitable<void> Server::reopen_audit_log() { return parts_->observation.audit.reopen(); }

Metrics& Server::metrics() { return parts_->observation.metrics; }

asio::awaitable<http::Response> Server::answer(http::Request request) {
    const Target target(request.target);
    auto& observation = parts_->observation;
    CallRecord record = observation.watch.begin(request, target.path());
    std::exception_ptr failure;
    http::Response response;
    try {
        response = co_await parts_->answer(request, target, record);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) co_return observation.watch.fail(std::move(record), failure);
    if (has_changed(record, response.status)) co_await observation.audit.write(record, response);
    co_return observation.watch.end(std::move(record), std::move(response));
}

}  // namespace trommel::server
