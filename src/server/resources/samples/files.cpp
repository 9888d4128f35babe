#include "server/resources/dataset_details.hpp"
#include "server/resources/embeddings/embedding_upload.hpp"
#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"

#include <utility>

namespace trommel::server {

namespace {

/// Where the file of the path's sample is kept.
std::filesystem::path file_of(const Call& call, const KnownSample& sample) {
    auto& files = call.services.files;
    if (call.parameter("kind") == "full") return files.image(call.dataset(), sample.name);
    return files.thumbnail(call.dataset(), call.parameter("sampleId"));
}

asio::awaitable<http::Response> put_sample_file(Call& call) {
    auto& services = call.services;
    const KnownSample sample = co_await known_sample(call);
    std::filesystem::path file = file_of(call, sample);
    std::filesystem::path draft =
        co_await services.files.receive(call.request.body, services.options.max_file_bytes);
    const std::uint64_t before = co_await services.files.size(file);
    const std::uint64_t after = co_await services.files.size(draft);
    co_await services.files.put_in_place(std::move(draft), std::move(file));
    if (after != before && call.parameter("kind") == "full") {
        const auto more = static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
        co_await services.records.ask(add_dataset_bytes, call.dataset(), more, now());
    }
    co_return done();
}

asio::awaitable<http::Response> get_sample_file(Call& call) {
    const KnownSample sample = co_await known_sample(call);
    std::filesystem::path file = file_of(call, sample);
    auto body = co_await call.services.files.send(std::move(file));
    if (!body) throw ApiError(404, "NOT_FOUND", "this file of the sample was not uploaded");
    http::Response response;
    const auto media = media_type(sample.name);
    // What no browser shows as a picture may be a page with scripts.
    if (!media.starts_with("image/")) response.headers.add("Content-Disposition", "attachment");
    response.headers.add("Content-Type", media);
    response.headers.add("Cache-Control", "private, no-cache");
    response.headers.add("Cross-Origin-Resource-Policy", "cross-origin");
    response.body = *std::move(body);
    co_return response;
}

asio::awaitable<http::Response> put_embedding_file(Call& call) {
    co_await known_dataset(call);
    co_await take_embedding_file(call);
    co_return done();
}

asio::awaitable<http::Response> get_embedding_file(Call& call) {
    http::Response response = co_await embedding_file(call);
    co_return response;
}

std::vector<QueryParameter> signed_query() {
    return {{.name = "expires", .schema = schema::integer(), .is_required = true},
            {.name = "by", .schema = schema::text(), .is_required = true},
            {.name = "signature", .schema = schema::text(), .is_required = true}};
}

}  // namespace

void add_files(Routes& routes) {
    const auto add = [&](const char* method,
                         const char* path,
                         const char* id,
                         const char* summary,
                         Reply reply,
                         decltype(Route::answer) answer) {
        routes.push_back({.method = method,
                          .path = path,
                          .id = id,
                          .summary = summary,
                          .role = Role::none,
                          .is_signed = true,
                          .query = signed_query(),
                          .reply = std::move(reply),
                          .answer = answer});
    };
    constexpr auto sample = "/v1/trommel/files/{datasetId}/{sampleId}/{kind}";
    constexpr auto embedding = "/v1/trommel/embeddings/{datasetId}/{embeddingId}";
    const Reply bytes{200, {}, "application/octet-stream"};
    add("PUT",
        sample,
        "putSampleFile",
        "Takes the image or thumbnail of a sample; by signed URL",
        {200},
        put_sample_file);
    add("GET", sample, "getSampleFile", "The same back; by signed URL", bytes, get_sample_file);
    add("PUT",
        embedding,
        "putEmbeddingFile",
        "Takes embeddings as CSV: 200 means that they are ready; by signed URL",
        {200},
        put_embedding_file);
    add("GET",
        embedding,
        "getEmbeddingFile",
        "Embeddings as CSV; by signed URL",
        {200, {}, "text/csv"},
        get_embedding_file);
}

}  // namespace trommel::server
