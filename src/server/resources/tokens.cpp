#include "server/resources/document_json.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "server/wire/json_text.hpp"
#include "trommel/platform/naming.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace trommel::server {

namespace {

constexpr const char* token_kind = "token";
constexpr std::size_t token_bytes = 24;

/// The text of a token is in this answer and nowhere else.
asio::awaitable<http::Response> create_token(Call& call) {
    auto& tokens = call.services.tokens;
    const auto token = random_hex(token_bytes);
    TokenRecord record{.id = new_id(),
                       .name = call.text("name"),
                       .role = *parse_role(call.text("role")),
                       .digest = tokens.digest_of(token),
                       .created_at = now()};
    const boost::json::object body{
        {"name", record.name}, {"role", to_string(record.role)}, {"digest", record.digest}};
    auto document = new_document(token_kind, std::nullopt, "", record.id, body);
    document.id = record.id;
    co_await call.services.records.ask(&store::ServedStore::put_document, std::move(document));
    std::string json;
    ObjectText(json).add("id", record.id).add("token", token).end();
    tokens.add(std::move(record));
    co_return json_answer(201, std::move(json));
}

asio::awaitable<http::Response> get_tokens(Call& call) {
    std::string json = "[";
    for (const auto& record : call.services.tokens.all()) {
        if (record.id.empty()) continue;  // given at the start: not to be deleted by a call
        if (json.size() > 1) json += ',';
        ObjectText(json)
            .add("id", record.id)
            .add("name", record.name)
            .add("role", to_string(record.role))
            .add("createdAt", record.created_at)
            .end();
    }
    co_return json_answer(200, json + "]");
}

asio::awaitable<http::Response> delete_token(Call& call) {
    auto& tokens = call.services.tokens;
    const auto id = call.parameter("tokenId");
    const auto is_it = [&](const TokenRecord& record) { return record.id == id; };
    if (std::none_of(tokens.all().begin(), tokens.all().end(), is_it))
        throw ApiError(404, "NOT_FOUND", "there is no such token");
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
        records.push_back({.id = document.id,
                           .name = text_member(body, "name"),
                           .role = *parse_role(text_member(body, "role")),
                           .digest = text_member(body, "digest"),
                           .created_at = document.created_at});
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
