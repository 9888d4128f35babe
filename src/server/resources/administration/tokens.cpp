#include "server/resources/document_json.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "server/wire/numbers.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/platform/wire/json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace trommel::server {

namespace {

constexpr const char* token_kind = "token";
constexpr std::size_t token_bytes = 24;

/// None if the token does not expire.
std::optional<Timestamp> expiry_in(const boost::json::value& json) {
    const auto* at = find_member(json, "expiresAt");
    const auto* in = find_member(json, "expires_in");
    const bool has_at = at != nullptr && !at->is_null();
    const bool has_in = in != nullptr && !in->is_null();
    if (has_at && has_in)
        throw ApiError(422, "MALFORMED_REQUEST", "give either 'expiresAt' or 'expires_in'");
    if (!has_at && !has_in) return std::nullopt;
    if (has_in) return now() + std::chrono::seconds(whole_number("expires_in", *in));
    const Timestamp time{std::chrono::milliseconds(whole_number("expiresAt", *at))};
    if (time <= now())
        throw ApiError(422, "MALFORMED_REQUEST", "'expiresAt' is past; it is in milliseconds");
    return time;
}

/// Whoever is locked out of a server's tokens cannot get back in by a call.
void check_leaves_admin(const Tokens& tokens, const TokenRecord& made) {
    if (made.role == Role::admin && !made.expires_at) return;
    if (tokens.has_lasting_admin_beside("") || !tokens.is_open()) return;
    throw ApiError(409,
                   "BAD_REQUEST",
                   "the first token has to be an admin's and must not expire, or nobody could make "
                   "another one");
}

boost::json::object body_of(const TokenRecord& record) {
    boost::json::object body{
        {"name", record.name}, {"role", to_string(record.role)}, {"digest", record.digest}};
    if (!record.team.empty()) body["team"] = record.team;
    if (record.expires_at) body["expiresAt"] = record.expires_at->time_since_epoch().count();
    return body;
}

/// The text of a token is in this answer and nowhere else.
asio::awaitable<http::Response> create_token(Call& call) {
    auto& tokens = call.services.tokens;
    const auto lock = co_await call.services.locks.take(token_kind);
    const auto token = random_hex(token_bytes);
    TokenRecord record{.id = new_id(),
                       .name = call.text("name"),
                       .role = *parse_role(call.text("role")),
                       .team = call.text("team"),
                       .digest = tokens.digest_of(*Credential::parse(token)),
                       .created_at = now(),
                       .expires_at = expiry_in(call.json)};
    check_leaves_admin(tokens, record);
    auto document = new_document(token_kind, std::nullopt, "", record.id, body_of(record));
    document.id = record.id;
    document.created_at = record.created_at;
    co_await call.services.records.ask(&store::ServedStore::put_document, std::move(document));
    std::string json;
    ObjectText(json).add("id", record.id).add("token", token).end();
    tokens.add(std::move(record));
    co_return json_answer(201, std::move(json));
}

std::optional<std::string> team_of(const TokenRecord& record) {
    if (record.team.empty()) return std::nullopt;
    return record.team;
}

asio::awaitable<http::Response> get_tokens(Call& call) {
    std::string json = "[";
    for (const auto& record : call.services.tokens.all()) {
        if (record.is_given) continue;  // not to be deleted by a call
        if (json.size() > 1) json += ',';
        ObjectText(json)
            .add("id", record.id)
            .add("name", record.name)
            .add("role", to_string(record.role))
            .add("team", team_of(record))
            .add("createdAt", record.created_at)
            .add("expiresAt", record.expires_at)
            .end();
    }
    co_return json_answer(200, json + "]");
}

asio::awaitable<http::Response> delete_token(Call& call) {
    auto& tokens = call.services.tokens;
    const auto lock = co_await call.services.locks.take(token_kind);
    const auto id = call.parameter("tokenId");
    const auto* record = tokens.with_id(id);
    if (record == nullptr || record->is_given)
        throw ApiError(404, "NOT_FOUND", "there is no such token");
    if (record->role == Role::admin && !tokens.has_lasting_admin_beside(id))
        throw ApiError(409,
                       "BAD_REQUEST",
                       "this is the last admin that does not expire; make another one first");
    const std::string kept = token_kind;
    co_await call.services.records.ask(&store::ServedStore::delete_document, kept, id);
    tokens.remove(id);
    co_return done();
}

}  // namespace

std::vector<TokenRecord> kept_tokens(store::ServedStore& store) {
    std::vector<TokenRecord> records;
    for (const auto& document : store.documents({.kind = token_kind, .dataset = {}, .owner = {}})) {
        const auto body = boost::json::parse(document.body);
        TokenRecord record{.id = document.id,
                           .name = text_member(body, "name"),
                           .role = *parse_role(text_member(body, "role")),
                           .team = text_member(body, "team"),
                           .digest = text_member(body, "digest"),
                           .created_at = document.created_at};
        if (const auto* time = find_member(body, "expiresAt"))
            record.expires_at =
                Timestamp(std::chrono::milliseconds(whole_number("expiresAt", *time)));
        records.push_back(std::move(record));
    }
    return records;
}

void add_tokens(Routes& routes) {
    const std::string path = "/v1/trommel/tokens";
    routes.push_back({.method = "POST",
                      .path = path,
                      .id = "trommelCreateToken",
                      .summary = "Makes a token; its text is told this once",
                      .role = Role::admin,
                      .request = schema::reference("TrommelTokenRequest"),
                      .reply = {201, schema::reference("TrommelNewToken")},
                      .answer = create_token});
    routes.push_back({.method = "GET",
                      .path = path,
                      .id = "trommelGetTokens",
                      .summary = "Which tokens were made, and what they may",
                      .role = Role::admin,
                      .reply = {200, schema::list(schema::reference("TrommelToken"))},
                      .answer = get_tokens});
    routes.push_back({.method = "DELETE",
                      .path = path + "/{tokenId}",
                      .id = "trommelDeleteToken",
                      .summary = "From now on the token opens nothing",
                      .role = Role::admin,
                      .answer = delete_token});
}

}  // namespace trommel::server
