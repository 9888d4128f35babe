#include "server/resources/document_json.hpp"
#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "trommel/platform/wire/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <utility>

namespace trommel::server {

namespace {

constexpr const char* coordinates_kind = "embedding-2d";

/// What is kept: the members that the API has, and no others.
boost::json::object body_of(const boost::json::value& json) {
    boost::json::object body;
    for (const auto* name : {"name",
                             "dimensionalityReductionMethod",
                             "coordinatesDimension1",
                             "coordinatesDimension2"})
        body[name] = json.at(name);
    return body;
}

asio::awaitable<http::Response> create(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const Embedding embedding = co_await known_embedding(call, call.embedding());
    const auto first = call.json.at("coordinatesDimension1").as_array().size();
    const auto second = call.json.at("coordinatesDimension2").as_array().size();
    if (first != second)
        throw ApiError(
            422,
            "MALFORMED_REQUEST",
            fmt::format("there are {} first coordinates but {} second ones", first, second));
    auto document = new_document(
        coordinates_kind, dataset.id, embedding.id.text(), call.text("name"), body_of(call.json));
    http::Response response = co_await keep_document(call, std::move(document));
    co_return response;
}

void write(std::string& out, const store::Document& document) {
    ObjectText object(out);
    object.add("id", document.id)
        .add("datasetId", *document.dataset)
        .add("embeddingId", document.owner)
        .add("createdAt", document.created_at);
    out += ',';
    out += std::string_view(document.body).substr(1, document.body.size() - 2);
    object.end();
}

asio::awaitable<http::Response> get_all(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    store::DocumentFilter filter;
    filter.kind = coordinates_kind;
    filter.dataset = dataset.id;
    filter.owner = call.embedding().text();
    http::Response response = co_await documents_answer(call, std::move(filter), write);
    co_return response;
}

asio::awaitable<http::Response> get_one(Call& call) {
    const store::Document document = co_await known_document(
        call, coordinates_kind, call.parameter("embedding2dId"), "EMBEDDING_2D_UNKNOWN");
    std::string json;
    write(json, document);
    co_return json_answer(200, std::move(json));
}

/// Clients ask for three of these after every upload, and never for what comes of it.
asio::awaitable<http::Response> trigger(Call& call) {
    co_await known_embedding(call, call.embedding());
    co_return done(202);
}

}  // namespace

void add_embeddings_2d(Routes& routes) {
    const std::string one = "/v1/datasets/{datasetId}/embeddings/{embeddingId}";
    routes.push_back({.method = "POST",
                      .path = one + "/trigger2dEmbeddingsJob",
                      .id = "trigger2dEmbeddingsJob",
                      .summary =
                          "Accepts and does nothing: two-dimensional embeddings are kept but "
                          "not computed here",
                      .role = Role::write,
                      .request = schema::reference("Trigger2dEmbeddingJobRequest"),
                      .reply = {202},
                      .answer = trigger});
    routes.push_back({.method = "POST",
                      .path = one + "/2d",
                      .id = "createEmbeddings2dByEmbeddingId",
                      .summary = "Keeps coordinates; those of the same name are replaced",
                      .role = Role::write,
                      .request = schema::reference("Embedding2dCreateRequest"),
                      .reply = {201, schema::reference("CreateEntityResponse")},
                      .answer = create});
    routes.push_back({.method = "GET",
                      .path = one + "/2d",
                      .id = "getEmbeddings2dByEmbeddingId",
                      .summary = "All that are kept",
                      .reply = {200, schema::list(schema::reference("Embedding2dData"))},
                      .answer = get_all});
    routes.push_back({.method = "GET",
                      .path = one + "/2d/{embedding2dId}",
                      .id = "getEmbedding2dById",
                      .summary = "One of them",
                      .reply = {200, schema::reference("Embedding2dData")},
                      .answer = get_one});
}

}  // namespace trommel::server
