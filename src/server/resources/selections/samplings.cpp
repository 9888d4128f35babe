#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/resources/selections/unlabeled_scores.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/request_body.hpp"
#include "trommel/platform/wire/tables.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

namespace trommel::server {

namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw ApiError(422, "MALFORMED_REQUEST", what);
}

/// Lightly's nSamples: at least 1 a number of samples, between 0 and 1 a share of all, negative no
/// bound.
std::optional<std::size_t> samples_of(std::optional<double> wanted, std::size_t all) {
    if (!wanted || *wanted < 0) return std::nullopt;
    if (!std::isfinite(*wanted) || *wanted > 4e9) refuse("nSamples is not a number of samples");
    if (*wanted < 1)
        return static_cast<std::size_t>(std::floor(*wanted * static_cast<double>(all)));
    return static_cast<std::size_t>(*wanted);
}

/// The tags that the request names have to be the dataset's.
asio::awaitable<void> check_tags(Call& call, const SamplingRequest& request) {
    if (!request.query.empty())
        co_await known_tag(call, request.query, "TAG_QUERYTAG_NOT_IN_DATASET");
    if (request.preselected)
        co_await known_tag(call, *request.preselected, "TAG_PRESELECTEDTAG_NOT_IN_DATASET");
}

asio::awaitable<Tag> query_tag(Call& call, const SamplingRequest& request) {
    if (!request.query.empty()) {
        Tag tag = co_await known_tag(call, request.query);
        co_return tag;
    }
    auto initial = co_await call.services.platform.find_tag(request.dataset, "initial-tag");
    if (!initial)
        throw ApiError(404, "TAG_NO_TAG_IN_DATASET", "the dataset has no initial-tag yet");
    co_return *std::move(initial);
}

/// Scores that came for the preselected tag: in the old order, or as an ordinary list because they
/// happen to be as many as the tag has samples, if the query tag has none.
asio::awaitable<std::optional<TypedScores>> old_scores(Call& call, TagId query, Tag preselected) {
    auto& platform = call.services.platform;
    auto kept = co_await call.services.records.look(newest_unlabeled, preselected);
    if (kept) co_return kept;
    const auto of_query = co_await platform.scores(std::move(query));
    if (!of_query.empty()) co_return std::nullopt;
    const auto ordinary = co_await platform.scores(preselected.id);
    if (ordinary.empty()) co_return std::nullopt;
    TypedScores scores;
    scores.type = ordinary.back().type;
    scores.values = co_await platform.score_values(preselected.id, scores.type);
    co_return scores;
}

/// Clients up to 1.1.6 have uploaded their scores to the preselected tag.
asio::awaitable<void> move_old_scores(Call& call, SamplingRequest& request) {
    if (!call.agent().may_score_unlabeled || !request.preselected || request.score_type) co_return;
    const Tag query = co_await query_tag(call, request);
    const Tag preselected = co_await known_tag(call, *request.preselected);
    auto old = co_await old_scores(call, query.id, preselected);
    if (!old) co_return;
    auto scores = as_query_scores(*std::move(old), query, preselected);
    if (!scores) co_return;
    request.score_type = scores->type;
    co_await call.services.platform.upload_scores(
        query.id, scores->type, std::move(scores->values), std::string());
}

/// A selection by scores needs some, and says so by their own code.
asio::awaitable<void> check_scores(Call& call, const SamplingRequest& request) {
    if (!selection::named_strategy(request.strategy.name).needs_scores) co_return;
    const Tag query = co_await query_tag(call, request);
    const auto scores = co_await call.services.platform.scores(query.id);
    if (scores.empty())
        throw ApiError(404,
                       "TAG_NO_SCORES_AVAILABLE",
                       fmt::format("tag '{}' has no scores, which CORAL and ACTIVE_LEARNING use; "
                                   "upload them first",
                                   query.name));
}

asio::awaitable<http::Response> start(Call& call, SamplingRequest request) {
    const DatasetId dataset = request.dataset;
    const JobId job = co_await call.services.platform.sample(std::move(request));
    co_await touch(call, dataset);
    std::string json;
    ObjectText(json).add("jobId", job).end();
    co_return json_answer(200, std::move(json));
}

void check_row_count(std::optional<std::int64_t> rows, const Embedding& embedding) {
    if (!rows || *rows == static_cast<std::int64_t>(embedding.rows)) return;
    throw ApiError(422,
                   "EMBEDDING_ROW_COUNT_INVALID",
                   fmt::format("embeddings '{}' have {} rows, not {}; upload embeddings of all "
                               "samples",
                               embedding.name,
                               embedding.rows,
                               *rows));
}

asio::awaitable<http::Response> create_sampling(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const Embedding embedding = co_await known_embedding(call, call.embedding());
    auto asked = body_as<wire::LightlySampling>(call.json);
    check_row_count(asked.rows, embedding);
    const auto& stop = asked.config.stop;
    SamplingRequest request{.dataset = dataset.id,
                            .new_tag_name = std::move(asked.new_tag_name),
                            .strategy = {.name = strategy_name(asked.method)},
                            .query = std::move(asked.query),
                            .preselected = std::move(asked.preselected),
                            .samples = samples_of(stop.samples, dataset.sample_count),
                            .min_distance = stop.min_distance.value_or(-1),
                            .embedding = embedding.id,
                            .score_type = std::move(asked.score_type),
                            .key = std::string(call.header("Idempotency-Key"))};
    co_await check_tags(call, request);
    co_await move_old_scores(call, request);
    co_await check_scores(call, request);
    http::Response response = co_await start(call, std::move(request));
    co_return response;
}

/// All that a SamplingRequest can say, for trommel's own client. Its tags are taken as they are:
/// the platform knows whether the key has been seen, and then what differs.
asio::awaitable<http::Response> create_whole_sampling(Call& call) {
    co_await known_dataset(call);
    auto request = body_as<SamplingRequest>(call.json);
    request.dataset = call.dataset();
    request.key = call.header("Idempotency-Key");
    http::Response response = co_await start(call, std::move(request));
    co_return response;
}

}  // namespace

void add_samplings(Routes& routes) {
    routes.push_back({.method = "POST",
                      .path = "/v1/datasets/{datasetId}/embeddings/{embeddingId}/sampling",
                      .id = "triggerSamplingById",
                      .summary = "Starts a selection. With a header Idempotency-Key that was seen "
                                 "before it gives the job of then",
                      .role = Role::write,
                      .request = schema::reference("SamplingCreateRequest"),
                      .reply = {200, schema::reference("AsyncTaskData")},
                      .codes = {.not_found = "EMBEDDING_UNKNOWN", .exists = "TAG_NAME_EXISTS"},
                      .answer = create_sampling});
    routes.push_back({.method = "POST",
                      .path = "/v1/trommel/datasets/{datasetId}/samplings",
                      .id = "trommelCreateSampling",
                      .summary = "The same by any strategy, with all that can be asked for",
                      .role = Role::write,
                      .request = schema::reference("TrommelSamplingRequest"),
                      .reply = {200, schema::reference("AsyncTaskData")},
                      .codes = {.exists = "TAG_NAME_EXISTS"},
                      .answer = create_whole_sampling});
}

}  // namespace trommel::server
