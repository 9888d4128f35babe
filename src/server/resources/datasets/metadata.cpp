#include "server/resources/dataset_details.hpp"
#include "server/resources/document_json.hpp"
#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json/object.hpp>

#include <utility>

namespace trommel::server {

namespace {

constexpr const char* metadata_kind = "metadata-configuration";
constexpr const char* unknown = "METADATA_CONFIGURATION_UNKNOWN";

boost::json::object body_of(const Call& call) {
    return {{"name", call.json.at("name")}, {"configs", call.json.at("configs")}};
}

/// A configuration is known by its id: two of one name are two.
store::Document document_of(const Call& call, std::optional<DatasetId> dataset) {
    const std::string owner = dataset ? std::string() : call.caller.team;
    auto document = new_document(metadata_kind, std::move(dataset), owner, "", body_of(call));
    document.key = document.id;
    return document;
}

asio::awaitable<http::Response> create(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    http::Response response = co_await keep_document(call, document_of(call, dataset.id));
    co_return response;
}

asio::awaitable<http::Response> get_all(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    store::DocumentFilter filter;
    filter.kind = metadata_kind;
    filter.dataset = dataset.id;
    http::Response response = co_await documents_answer(call, std::move(filter), write_with_times);
    co_return response;
}

asio::awaitable<http::Response> get_one(Call& call) {
    const store::Document document =
        co_await known_document(call, metadata_kind, call.parameter("configurationId"), unknown);
    std::string json;
    write_with_times(json, document);
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> update(Call& call) {
    store::Document document =
        co_await known_document(call, metadata_kind, call.parameter("configurationId"), unknown);
    document.body = json_text(body_of(call));
    document.changed_at = now();
    co_await call.services.records.ask(&store::ServedStore::put_document, std::move(document));
    co_return done();
}

/// Clients 1.1.x make a configuration for all datasets, then give it to one.
asio::awaitable<http::Response> create_for_all(Call& call) {
    http::Response response = co_await keep_document(call, document_of(call, std::nullopt));
    co_return response;
}

asio::awaitable<http::Response> get_for_all(Call& call) {
    store::DocumentFilter filter;
    filter.kind = metadata_kind;
    http::Response response = co_await documents_answer(call, std::move(filter), write_with_times);
    co_return response;
}

asio::awaitable<http::Response> give_to_dataset(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const std::string member = "metaDataConfigurationId";
    const std::string id = call.text(member);
    co_await known_document(call, metadata_kind, id, unknown);
    co_await call.services.records.ask(put_dataset_detail, dataset.id, member, id, now());
    co_return done();
}

const std::string in_dataset = "/v1/datasets/{datasetId}/configuration/metadata";

void add_own(Routes& routes) {
    routes.push_back({.method = "POST",
                      .path = in_dataset,
                      .id = "createMetaDataConfiguration",
                      .summary = "Keeps what the samples' metadata mean",
                      .role = Role::write,
                      .request = schema::reference("ConfigurationSetRequest"),
                      .reply = {201, schema::reference("CreateEntityResponse")},
                      .answer = create});
    routes.push_back({.method = "GET",
                      .path = in_dataset,
                      .id = "getMetaDataConfigurations",
                      .summary = "All configurations of the dataset",
                      .reply = {200, schema::list(schema::reference("ConfigurationData"))},
                      .answer = get_all});
    routes.push_back({.method = "GET",
                      .path = in_dataset + "/{configurationId}",
                      .id = "getMetaDataConfigurationById",
                      .summary = "One of them",
                      .reply = {200, schema::reference("ConfigurationData")},
                      .answer = get_one});
    routes.push_back({.method = "PUT",
                      .path = in_dataset + "/{configurationId}",
                      .id = "updateMetaDataConfigurationById",
                      .summary = "Replaces it",
                      .role = Role::write,
                      .request = schema::reference("ConfigurationSetRequest"),
                      .answer = update});
}

void add_old(Routes& routes) {
    routes.push_back({.method = "POST",
                      .path = "/v1/configuration/metadata",
                      .id = "createMetaDataConfigurationOld",
                      .summary = "The same for no dataset yet, for clients 1.1",
                      .role = Role::write,
                      .request = schema::reference("ConfigurationSetRequest"),
                      .reply = {201, schema::reference("CreateEntityResponse")},
                      .answer = create_for_all});
    routes.push_back({.method = "GET",
                      .path = "/v1/configuration/metadata",
                      .id = "getMetaDataConfigurationsOld",
                      .summary = "All configurations, for clients 1.1",
                      .reply = {200, schema::list(schema::reference("ConfigurationData"))},
                      .answer = get_for_all});
    routes.push_back({.method = "PUT",
                      .path = "/v1/datasets/{datasetId}/setMetaDataConfiguration",
                      .id = "setMetaDataConfigurationByDatasetId",
                      .summary = "Gives a configuration to the dataset, for clients 1.1",
                      .role = Role::write,
                      .request = schema::reference("DatasetMetadataConfigurationRequest"),
                      .answer = give_to_dataset});
}

}  // namespace

void add_metadata(Routes& routes) {
    add_own(routes);
    add_old(routes);
}

}  // namespace trommel::server
