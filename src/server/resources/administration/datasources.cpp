#include "server/resources/administration/kept_secrets.hpp"
#include "server/resources/dataset_details.hpp"
#include "server/resources/document_json.hpp"
#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "server/wire/numbers.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/platform/wire/json.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace trommel::server {

namespace {

/// A list, also where a client has sent null for none.
std::string list_member(const boost::json::value& body, std::string_view key) {
    auto json = json_member(body, key, "[]");
    return json == "null" ? "[]" : json;
}

constexpr const char* access_kind = "collaboration";

std::string purpose_of(const Call& call) { return call.query("purpose").value_or("INPUT_OUTPUT"); }

void write_shown(std::string& out, const Vault& vault, store::Document document) {
    document.body = json_text(shown_datasource(opened(vault, document)));
    write_with_id(out, document);
}

/// A dataset without one holds what was uploaded to it; clients use any 4xx here.
asio::awaitable<http::Response> get_datasource(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    store::DocumentFilter filter;
    filter.kind = datasource_kind;
    filter.dataset = dataset.id;
    const auto document = co_await call.services.records.ask(
        &store::ServedStore::find_document, std::move(filter), purpose_of(call));
    if (!document)
        throw ApiError(404,
                       "DATASET_DATASOURCE_UNKNOWN",
                       "the dataset has no datasource: its images are uploaded");
    std::string json;
    write_shown(json, call.services.vault, *document);
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> get_datasources(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    store::DocumentFilter filter;
    filter.kind = datasource_kind;
    filter.dataset = dataset.id;
    WriteDocument write = [&vault = call.services.vault](std::string& out,
                                                         const store::Document& document) {
        write_shown(out, vault, document);
    };
    http::Response response = co_await documents_answer(call, std::move(filter), std::move(write));
    co_return response;
}

/// What was kept, or null under another secret: it is sent anew then.
boost::json::value opened_if_possible(const Vault& vault, const store::Document& document) {
    try {
        return opened(vault, document);
    } catch (const ApiError&) {
        return nullptr;
    }
}

/// Kept and never used: this server reads no buckets.
asio::awaitable<http::Response> put_datasource(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    auto body = call.json;
    body.as_object().erase("id");
    const auto purpose = body.as_object().if_contains("purpose");
    const std::string key = purpose != nullptr && purpose->is_string()
                                ? std::string(purpose->get_string())
                                : purpose_of(call);
    boost::json::value secrets;
    store::DocumentFilter filter;
    filter.kind = datasource_kind;
    filter.dataset = dataset.id;
    const auto before = co_await call.services.records.ask(
        &store::ServedStore::find_document, std::move(filter), key);
    if (before) secrets = opened_if_possible(call.services.vault, *before);
    body = with_secrets_of(std::move(body), secrets);
    auto document =
        sealed(call.services.vault, new_document(datasource_kind, dataset.id, "", key, body));
    co_await call.services.records.ask(&store::ServedStore::put_document, std::move(document));
    co_return done();
}

/// Nothing may be done with it, and why.
asio::awaitable<http::Response> verify_datasource(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    constexpr const char* reason = "this server reads no datasources: its images are uploaded";
    std::string errors;
    ObjectText(errors)
        .add("canRead", reason)
        .add("canWrite", reason)
        .add("canList", reason)
        .add("canOverwrite", reason)
        .end();
    std::string json;
    ObjectText(json)
        .add("canRead", false)
        .add("canWrite", false)
        .add("canList", false)
        .add("canOverwrite", false)
        .add_raw("errors", errors)
        .end();
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> get_processed_until(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const std::int64_t seconds = co_await call.services.records.look(processed_until, dataset.id);
    std::string json;
    ObjectText(json).add("processedUntilTimestamp", seconds).end();
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> set_processed_until(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const auto seconds =
        whole_number("processedUntilTimestamp", call.json.at("processedUntilTimestamp"));
    co_await call.services.records.ask(put_processed_until, dataset.id, seconds, now());
    co_return done();
}

// There is one user, so nobody else has access; what clients say is kept, once for each type.

void write_access(std::string& out, const store::Document& document) {
    const auto body = boost::json::parse(document.body);
    ObjectText(out)
        .add("id", document.id)
        .add("owner", "trommel")
        .add("accessType", text_member(body, "accessType"))
        .add_raw("users", list_member(body, "users"))
        .add_raw("teams", list_member(body, "teams"))
        .add("createdAt", document.created_at)
        .add("lastModifiedAt", document.changed_at)
        .end();
}

asio::awaitable<http::Response> create_access(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    auto document =
        new_document(access_kind,
                     dataset.id,
                     "",
                     text_member(call.json, "accessType"),
                     members_of(call.json, {"accessType", "users", "teams", "creator"}));
    http::Response response = co_await keep_document(call, std::move(document));
    co_return response;
}

asio::awaitable<http::Response> get_access(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    store::DocumentFilter filter;
    filter.kind = access_kind;
    filter.dataset = dataset.id;
    http::Response response = co_await documents_answer(call, std::move(filter), write_access);
    co_return response;
}

asio::awaitable<http::Response> delete_access(Call& call) {
    const store::Document document =
        co_await known_document(call, access_kind, call.parameter("accessId"), "NOT_FOUND");
    const std::string kept = access_kind;
    co_await call.services.records.ask(&store::ServedStore::delete_document, kept, document.id);
    co_return done();
}

void add_datasource(Routes& routes) {
    const std::string path = "/v1/datasets/{datasetId}/datasource";
    const std::vector<QueryParameter> query{{.name = "purpose", .schema = schema::text()}};
    routes.push_back({.method = "GET",
                      .path = path,
                      .id = "getDatasourceByDatasetId",
                      .summary = "The datasource that was kept; 404 if none was",
                      .query = query,
                      .reply = {200, schema::anything()},
                      .answer = get_datasource});
    routes.push_back({.method = "GET",
                      .path = path + "/all",
                      .id = "getDatasourcesByDatasetId",
                      .summary = "All that were kept",
                      .reply = {200, schema::list(schema::anything())},
                      .answer = get_datasources});
    routes.push_back({.method = "PUT",
                      .path = path,
                      .id = "updateDatasourceByDatasetId",
                      .summary = "Keeps a datasource; this server does not read it",
                      .role = Role::write,
                      .query = query,
                      .request = schema::open_object({}),
                      .answer = put_datasource});
    routes.push_back({.method = "GET",
                      .path = path + "/verify",
                      .id = "verifyDatasourceByDatasetId",
                      .summary = "What may be done with the datasource: nothing, and why",
                      .reply = {200, schema::reference("DatasourceVerification")},
                      .answer = verify_datasource});
    const auto until = path + "/processedUntilTimestamp";
    const auto seconds = schema::reference("DatasourceProcessedUntilTimestamp");
    routes.push_back({.method = "GET",
                      .path = until,
                      .id = "getDatasourceProcessedUntilTimestampByDatasetId",
                      .summary = "Up to which second clients have read the datasource; 0 at first",
                      .reply = {200, seconds},
                      .answer = get_processed_until});
    routes.push_back({.method = "PUT",
                      .path = until,
                      .id = "updateDatasourceProcessedUntilTimestampByDatasetId",
                      .summary = "Keeps that second",
                      .role = Role::write,
                      .request = seconds,
                      .answer = set_processed_until});
}

void add_access(Routes& routes) {
    const std::string path = "/v1/datasets/{datasetId}/collaboration/access";
    routes.push_back({.method = "POST",
                      .path = path,
                      .id = "createOrUpdateSharedAccessConfigByDatasetId",
                      .summary = "Keeps who else was to have access; there is one user here",
                      .role = Role::write,
                      .request = schema::reference("SharedAccessConfigCreateRequest"),
                      .reply = {201, schema::reference("CreateEntityResponse")},
                      .answer = create_access});
    routes.push_back({.method = "GET",
                      .path = path,
                      .id = "getSharedAccessConfigsByDatasetId",
                      .summary = "What was kept",
                      .reply = {200, schema::list(schema::reference("SharedAccessConfig"))},
                      .answer = get_access});
    routes.push_back({.method = "DELETE",
                      .path = path + "/{accessId}",
                      .id = "deleteSharedAccessConfigById",
                      .summary = "Forgets it",
                      .role = Role::write,
                      .answer = delete_access});
}

}  // namespace

void add_datasources(Routes& routes) {
    add_datasource(routes);
    add_access(routes);
}

}  // namespace trommel::server
