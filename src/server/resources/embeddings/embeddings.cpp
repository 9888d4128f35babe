#include "server/resources/embeddings/embedding_upload.hpp"
#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel::server {

namespace {

using store::DocumentFilter;
using store::ServedStore;

std::string file_path(const DatasetId& dataset, std::string_view id) {
    return fmt::format("/v1/trommel/embeddings/{}/{}", dataset.text(), id);
}

using Listed = wire::ListedEmbedding;

/// Oldest first, with those that were announced and not uploaded yet.
std::vector<Listed> with_announced(ServedStore& store,
                                   const DatasetId& dataset,
                                   const std::vector<Embedding>& uploaded) {
    std::vector<Listed> all;
    const DocumentFilter coordinates{.kind = "embedding-2d", .dataset = dataset, .owner = {}};
    const auto in_2d = store.documents(coordinates);
    for (const auto& each : uploaded) {
        const auto is_its = [&](const auto& other) { return other.owner == each.id.text(); };
        all.push_back({.id = each.id,
                       .name = each.name,
                       .is_processed = true,
                       .created_at = each.created_at,
                       .is_2d = std::any_of(in_2d.begin(), in_2d.end(), is_its)});
    }
    for (const auto& each :
         store.documents({.kind = embedding_upload_kind, .dataset = dataset, .owner = {}})) {
        // A crash may have left the announcement of what is there.
        const auto is_it = [&](const auto& other) { return other.id.text() == each.id; };
        if (std::any_of(uploaded.begin(), uploaded.end(), is_it)) continue;
        all.push_back({.id = EmbeddingId(each.id),
                       .name = each.key,
                       .is_processed = false,
                       .created_at = each.created_at,
                       .is_2d = false});
    }
    std::stable_sort(all.begin(), all.end(), [](const Listed& a, const Listed& b) {
        return a.created_at < b.created_at;
    });
    return all;
}

asio::awaitable<http::Response> get_embeddings(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    auto uploaded = co_await call.services.platform.embeddings(dataset.id);
    auto all = co_await call.services.records.ask(with_announced, dataset.id, std::move(uploaded));
    if (call.agent().newest_first) std::reverse(all.begin(), all.end());
    const auto shared = std::make_shared<std::vector<Listed>>(std::move(all));
    WriteRow write = [shared](std::string& out, std::size_t i) {
        wire::append_json(out, (*shared)[i]);
    };
    co_return rows_answer(shared->size(), std::move(write));
}

/// Keeps the announcement, unless there is one of this name: the id that it has then.
std::string keep_announcement(ServedStore& store,
                              const DatasetId& dataset,
                              const std::string& name,
                              const EmbeddingId& id,
                              Timestamp now) {
    return store.put_document({.id = id.text(),
                               .kind = embedding_upload_kind,
                               .dataset = dataset,
                               .owner = {},
                               .key = name,
                               .body = "",
                               .created_at = now,
                               .changed_at = now});
}

/// Announces embeddings; the same name again gives the same id until they are uploaded.
asio::awaitable<std::string> announce(Call& call, DatasetId dataset, std::string name) {
    const EmbeddingId id = co_await call.services.platform.announce_embeddings(dataset, name);
    std::string kept =
        co_await call.services.records.ask(keep_announcement, dataset, name, id, now());
    co_return kept;
}

asio::awaitable<http::Response> get_write_url(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    std::string name = call.query("name").value_or("default");
    const std::string id = co_await announce(call, dataset.id, std::move(name));
    std::string json;
    ObjectText(json)
        .add("signedWriteUrl", signed_url(call, "PUT", file_path(dataset.id, id)))
        .add("embeddingId", id)
        .end();
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> get_read_url(Call& call) {
    const Embedding embedding = co_await known_embedding(call, call.embedding());
    co_return text_answer(signed_url(call, "GET", file_path(call.dataset(), embedding.id.text())));
}

/// Clients say so after an upload; the server knew when it took the file.
asio::awaitable<http::Response> set_processed(Call& call) {
    co_await known_embedding(call, call.embedding());
    co_return done();
}

/// Whether there was anything to forget.
bool forget(ServedStore& store, const DatasetId& dataset, const EmbeddingId& id) {
    const auto announced = store.document(embedding_upload_kind, id.text());
    const bool is_announced = announced && announced->dataset == dataset;
    if (is_announced) store.delete_document(embedding_upload_kind, id.text());
    for (const auto& each :
         store.documents({.kind = "embedding-2d", .dataset = dataset, .owner = id.text()}))
        store.delete_document("embedding-2d", each.id);
    return is_announced;
}

/// Those that are there, or their announcement.
asio::awaitable<http::Response> delete_embedding(Call& call) {
    auto& services = call.services;
    const Dataset dataset = co_await known_dataset(call);
    std::exception_ptr unknown;
    try {
        co_await services.platform.delete_embedding(dataset.id, call.embedding());
    } catch (const PlatformError& error) {
        if (error.reason() != PlatformError::Reason::not_found) throw;
        unknown = std::current_exception();
    }
    const bool was_announced = co_await services.records.ask(forget, dataset.id, call.embedding());
    if (unknown && !was_announced) std::rethrow_exception(unknown);
    co_await services.files.remove(services.files.embedding(call.embedding()));
    co_return done();
}

asio::awaitable<http::Response> get_shapes(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    auto all = co_await call.services.platform.embeddings(dataset.id);
    const auto shared = std::make_shared<std::vector<Embedding>>(std::move(all));
    WriteRow write = [shared](std::string& out, std::size_t i) {
        wire::append_json(out, (*shared)[i]);
    };
    co_return rows_answer(shared->size(), std::move(write));
}

/// What Lightly calls the vectors of one sample.
asio::awaitable<http::Response> get_sample_embeddings(Call& call) {
    const KnownSample sample = co_await known_sample(call);
    auto& platform = call.services.platform;
    const auto all = co_await platform.embeddings(call.dataset());
    std::string json = "[";
    for (const auto& each : all) {
        if (sample.index >= each.rows) continue;
        const auto rows = co_await platform.embedding(call.dataset(), each.id);
        if (json.size() > 1) json += ',';
        std::string vector = "[";
        for (const float value : rows->row(sample.index)) {
            if (vector.size() > 1) vector += ',';
            append_json(vector, static_cast<double>(value));
        }
        ObjectText(json)
            .add("id", each.id)
            .add("name", each.name)
            .add_raw("embedding", vector + "]")
            .end();
    }
    co_return json_answer(200, json + "]");
}

const std::string all_path = "/v1/datasets/{datasetId}/embeddings";
const std::string one_path = all_path + "/{embeddingId}";

void add_reads(Routes& routes) {
    const auto get = [&](std::string path,
                         const char* id,
                         const char* summary,
                         Reply reply,
                         decltype(Route::answer) answer) {
        routes.push_back({.method = "GET",
                          .path = std::move(path),
                          .id = id,
                          .summary = summary,
                          .reply = std::move(reply),
                          .answer = answer});
    };
    get(all_path,
        "getEmbeddingsByDatasetId",
        "The embeddings: newest first for clients since 1.2.34, oldest first for all others",
        {200, schema::list(schema::reference("DatasetEmbeddingData"))},
        get_embeddings);
    get(one_path + "/readCSVUrl",
        "getEmbeddingsCSVReadUrlById",
        "Where to GET them as CSV",
        {200, schema::text()},
        get_read_url);
    get("/v1/trommel/datasets/{datasetId}/embeddings",
        "trommelGetEmbeddings",
        "Those that are uploaded, with their shapes, oldest first",
        {200, schema::list(schema::reference("TrommelEmbedding"))},
        get_shapes);
    get("/users/datasets/{datasetId}/samples/{sampleId}/embeddings",
        "getEmbeddingsBySampleId",
        "The vectors of one sample",
        {200, schema::list(schema::anything())},
        get_sample_embeddings);
    routes.back().query = {{.name = "mode", .schema = schema::text()}};
}

}  // namespace

void add_embeddings(Routes& routes) {
    add_reads(routes);
    routes.push_back({.method = "GET",
                      .path = all_path + "/writeCSVUrl",
                      .id = "getEmbeddingsCSVWriteUrlById",
                      .summary = "Announces embeddings, and says where to PUT them as CSV",
                      .role = Role::write,
                      .query = {{.name = "name", .schema = schema::text()}},
                      .reply = {200, schema::reference("WriteCSVUrlData")},
                      .codes = {.exists = "EMBEDDING_NAME_EXISTS"},
                      .answer = get_write_url});
    routes.push_back({.method = "PUT",
                      .path = one_path + "/isProcessed",
                      .id = "setEmbeddingsIsProcessedFlagById",
                      .summary = "Confirms what the server knows",
                      .role = Role::write,
                      .request = schema::reference("EmbeddingIsProcessedRequest"),
                      .answer = set_processed});
    routes.push_back({.method = "DELETE",
                      .path = one_path,
                      .id = "deleteEmbeddingById",
                      .summary = "Deletes embeddings that no job reads",
                      .role = Role::write,
                      .codes = {.not_found = "EMBEDDING_UNKNOWN"},
                      .answer = delete_embedding});
}

}  // namespace trommel::server
