#include "server/resources/lookup.hpp"

#include "server/resources/dataset_details.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/sample_ids.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::server {

namespace {

using store::ServedStore;

[[noreturn]] void refuse(const char* code, const PlatformError& error) {
    if (error.reason() == PlatformError::Reason::not_found) throw ApiError(404, code, error.what());
    throw PlatformError(error.reason(), error.what());
}

[[noreturn]] void fail_unknown_sample(const Dataset& dataset) {
    throw ApiError(404,
                   "SAMPLE_UNKNOWN",
                   fmt::format("dataset '{}' has no such sample; list its samples for their ids",
                               dataset.name));
}

}  // namespace

asio::awaitable<Dataset> known_dataset(Call& call) {
    try {
        Dataset dataset = co_await call.services.platform.dataset(call.dataset());
        co_return dataset;
    } catch (const PlatformError& error) {
        refuse("DATASET_UNKNOWN", error);
    }
}

asio::awaitable<Tag> known_tag(Call& call, TagId id, const char* code) {
    try {
        Tag tag = co_await call.services.platform.tag(call.dataset(), std::move(id));
        co_return tag;
    } catch (const PlatformError& error) {
        refuse(code, error);
    }
}

asio::awaitable<Tag> known_tag(Call& call) {
    Tag tag = co_await known_tag(call, call.tag());
    co_return tag;
}

asio::awaitable<KnownSample> known_sample(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const auto index = SampleIds(dataset.id).index_of(call.parameter("sampleId"));
    if (!index) fail_unknown_sample(dataset);
    auto name = co_await call.services.platform.sample_name(dataset.id, *index);
    if (!name) fail_unknown_sample(dataset);
    co_return KnownSample{.index = *index, .name = *std::move(name)};
}

asio::awaitable<std::optional<Embedding>> find_embedding(Call& call, EmbeddingId id) {
    auto all = co_await call.services.platform.embeddings(call.dataset());
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Embedding& each) { return each.id == id; });
    if (found == all.end()) co_return std::nullopt;
    co_return std::move(*found);
}

asio::awaitable<Embedding> known_embedding(Call& call, EmbeddingId id) {
    auto embedding = co_await find_embedding(call, id);
    if (embedding) co_return *std::move(embedding);
    const auto upload = co_await call.services.records.ask(
        &ServedStore::document, std::string("embedding-upload"), id.text());
    if (upload && upload->dataset == call.dataset())
        throw ApiError(422,
                       "EMBEDDING_NOT_READY",
                       fmt::format("embeddings '{}' have not been uploaded yet", upload->key));
    throw ApiError(404, "EMBEDDING_UNKNOWN", "the dataset has no such embeddings");
}

asio::awaitable<void> touch(Call& call, DatasetId dataset) {
    co_await call.services.records.ask(touch_dataset, std::move(dataset), now());
}

std::string base_url(const Call& call) {
    const auto& options = call.services.options;
    if (!options.public_url.empty()) return options.public_url;
    return fmt::format("{}://{}", options.scheme, call.header("Host"));
}

std::string signed_url(const Call& call, std::string_view method, std::string_view path) {
    return base_url(call) + call.services.urls.sign(method, path, call.caller, now());
}

std::string sample_file_path(const DatasetId& dataset,
                             std::string_view sample_id,
                             std::string_view kind) {
    return fmt::format("/v1/trommel/files/{}/{}/{}", dataset.text(), sample_id, kind);
}

std::vector<QueryParameter> paged(std::vector<QueryParameter> more) {
    more.push_back({.name = "pageSize", .schema = schema::integer(0)});
    more.push_back({.name = "pageOffset", .schema = schema::integer(0)});
    return more;
}

}  // namespace trommel::server
