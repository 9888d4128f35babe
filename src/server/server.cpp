#include "trommel/server/server.hpp"

#include "server/access/given_tokens.hpp"
#include "server/kept/group_commit.hpp"
#include "server/kept/reserve.hpp"
#include "server/observe/observation.hpp"
#include "server/resources/administration/kept_secrets.hpp"
#include "server/resources/datasets/team_datasets.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/content_type.hpp"
#include "server/routing/gate.hpp"
#include "server/routing/headers.hpp"
#include "server/routing/refusals.hpp"
#include "server/routing/router.hpp"
#include "server/routing/services.hpp"
#include "server/routing/visibility.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "trommel/core/no_space.hpp"
#include "trommel/server/observe/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace trommel::server {

namespace {

constexpr std::size_t small_body = 65536;
/// How much more memory a tree of many small values takes than its text.
constexpr std::size_t tree_factor = 8;

boost::json::value read_json(const std::shared_ptr<const std::string>& text,
                             const schema::Schema* schema) {
    auto json = parse_json(*text);
    if (const auto fault = schema::fault(*schema, json))
        throw ApiError(422, "MALFORMED_REQUEST", *fault);
    return json;
}

/// `/metrics` for everybody, where the options say so.
Routes routes_for(const ServerOptions& options) {
    auto routes = all_routes();
    if (options.metrics_are_public)
        for (auto& route : routes)
            if (route.path == metrics_path) route.role = Role::none;
    return routes;
}

/// What works, and is to be mended all the same.
std::function<void(const std::string&)> warner(const ServerOptions& options) {
    return [log = options.log](const std::string& what) {
        if (log != nullptr) log->write(LogLevel::warning, "serve", what);
    };
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

struct Server::Parts {
    Parts(Platform& served, std::unique_ptr<store::ServedStore> store, ServerOptions given)
        : options(std::move(given)),
          platform(served),
          records(std::move(store)),
          files(options.folder, io),
          secret(Secret::load_or_make(options.folder / "secret", warner(options))),
          vault(secret),
          tokens(secret),
          teams(records.store()),
          urls(secret,
               tokens,
               std::min<std::chrono::seconds>(options.url_lifetime, longest_url_lifetime)),
          gate(tokens, urls, options),
          paths(options.folder),
          router(routes_for(options)),
          observation(options, router, io),
          reserve(options.folder),
          commits([this] { return sync(); }),
          services{platform,
                   records,
                   files,
                   locks,
                   shared,
                   tokens,
                   teams,
                   urls,
                   vault,
                   paths,
                   options,
                   router,
                   observation} {
        for (auto& record : given_records(tokens, options.tokens)) tokens.add(std::move(record));
        for (auto& record : kept_tokens(records.store())) tokens.add(std::move(record));
        seal_kept_secrets(records.store(), vault, warner(options));
    }

    asio::awaitable<http::Response> answer(http::Request& request,
                                           const Target& target,
                                           CallRecord& record);
    asio::awaitable<http::Response> answer_route(const Router::Match& match,
                                                 http::Request& request,
                                                 const Target& target,
                                                 CallRecord& record);
    asio::awaitable<http::Response> call(const Route& route, Call& call);
    asio::awaitable<http::Response> look(const Route& route, Call& call);
    asio::awaitable<http::Response> change(const Route& route, Call& call);
    asio::awaitable<void> make_room(std::exception_ptr failure);
    asio::awaitable<http::Response> change_durably(const Route& route, Call& call);
    asio::awaitable<void> check_room();
    asio::awaitable<void> sync();

    ServerOptions options;
    Platform& platform;
    IoPool io;
    Records records;
    Files files;
    KeyedLock locks;
    SharedValues shared;
    Secret secret;
    Vault vault;
    Tokens tokens;
    Teams teams;
    SignedUrls urls;
    Gate gate;
    DiskPaths paths;
    Router router;
    Observation observation;
    Reserve reserve;
    GroupCommit commits;
    Services services;
};

asio::awaitable<http::Response> Server::Parts::call(const Route& route, Call& call) {
    if (route.request) {
        std::string body = co_await call.request.body.read_all(options.max_body_bytes);
        if (body.size() > small_body && call.request.body.is_stream())
            call.request.body.source().keep(tree_factor * body.size());
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
    http::Response response;
    if (changes(route))
        response = co_await change(route, call);
    else
        response = co_await look(route, call);
    co_return response;
}

/// Also a look may need some space, as SQLite's index of its log does.
asio::awaitable<http::Response> Server::Parts::look(const Route& route, Call& call) {
    std::exception_ptr failure;
    http::Response response;
    try {
        response = co_await route.answer(call);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        co_await make_room(failure);
        response = co_await route.answer(call);
    }
    co_return response;
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
    if (failure) {
        co_await make_room(failure);
        if (!deletes) std::rethrow_exception(failure);
        response = co_await change_durably(route, call);
    }
    co_return response;
}

/// Gives the reserve up where the call failed for want of space; what else it failed for goes on.
asio::awaitable<void> Server::Parts::make_room(std::exception_ptr failure) {
    if (!is_no_space(failure)) std::rethrow_exception(failure);
    const bool has_room_now = co_await on_io(io, &Reserve::release, &reserve);
    if (!has_room_now) std::rethrow_exception(failure);
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

asio::awaitable<http::Response> Server::Parts::answer_route(const Router::Match& match,
                                                            http::Request& request,
                                                            const Target& target,
                                                            CallRecord& record) {
    const bool is_preflight = request.method == "OPTIONS" && request.headers.has("Origin");
    if (match.route == nullptr && is_preflight && !match.methods.empty())
        co_return preflight_answer(gate.site(), request);
    if (match.route == nullptr) co_return no_route(target.path(), match.methods);
    Call each{request, target, services, match.parameters, {}, {}};
    each.caller = gate.admit(*match.route, request, target);
    record.token = each.caller.token;
    record.token_name = each.caller.name;
    http::Response response = co_await call(*match.route, each);
    co_return response;
}

asio::awaitable<http::Response> Server::Parts::answer(http::Request& request,
                                                      const Target& target,
                                                      CallRecord& record) {
    // The answer to HEAD is that to GET; the HTTP floor leaves its body out.
    if (request.method == "HEAD") request.method = "GET";
    const auto match = router.find(request.method, target.segments());
    record.route = match.route;
    for (const auto& [name, value] : match.parameters)
        if (name == "datasetId") record.dataset = value;
    std::exception_ptr failure;
    http::Response response;
    try {
        gate.check(request);
        if (!teams.begun().empty()) co_await finish_begun(services);
        response = co_await answer_route(match, request, target, record);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        const Codes codes = match.route == nullptr ? Codes{} : match.route->codes;
        response = answer_to(failure, codes, paths, !options.syncs_platform);
        note_failure(record, response.status, failure);
    }
    add_safe_headers(response);
    add_named_origin(response, gate.site(), request);
    co_return response;
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

bool Server::knows(const http::Request& request) const { return parts_->gate.knows(request); }

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
