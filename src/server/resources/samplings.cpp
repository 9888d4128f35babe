#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/resources/unlabeled_scores.hpp"
#include "server/routing/answers.hpp"
#include "server/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "server/wire/json_text.hpp"
#include "server/wire/numbers.hpp"
#include "trommel/core/text.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace trommel::server {

namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw ApiError(422, "MALFORMED_REQUEST", what);
}

std::optional<double> number_in(const boost::json::value& object, std::string_view name) {
    const auto* member = find_member(object, name);
    if (member == nullptr || member->is_null()) return std::nullopt;
    return to_double(*member);
}

/// Lightly's nSamples: at least 1 a number of samples, between 0 and 1 a share of all, negative no
/// bound.
std::optional<std::size_t> samples_of(std::optional<double> wanted, std::size_t all) {
    if (!wanted || *wanted < 0) return std::nullopt;
    if (!std::isfinite(*wanted) || *wanted > 4e9) refuse("nSamples is no number of samples");
    if (*wanted < 1)
        return static_cast<std::size_t>(std::floor(*wanted * static_cast<double>(all)));
    return static_cast<std::size_t>(*wanted);
}

/// `config.stoppingCondition`; an empty object if the request has none.
boost::json::value stop_of(const boost::json::value& json) {
    const auto* config = find_member(json, "config");
    const auto* stop = config == nullptr ? nullptr : find_member(*config, "stoppingCondition");
    if (stop == nullptr || stop->is_null()) return boost::json::object();
    return *stop;
}

std::optional<std::string> text_in(const Call& call, std::string_view name) {
    auto text = call.text(name);
    if (text.empty()) return std::nullopt;
    return text;
}

/// What both calls say.
SamplingRequest request_of(const Call& call) {
    SamplingRequest request;
    request.dataset = call.dataset();
    request.new_tag_name = call.text("newTagName");
    request.score_type = text_in(call, "scoreType");
    request.key = call.header("Idempotency-Key");
    return request;
}

/// By Lightly's name of it.
void add_method_to(const Call& call, SamplingRequest& request) {
    request.strategy.name = selection::strategy_name(*parse_sampling_method(call.text("method")));
}

std::string setting_in(const boost::json::value& value, std::string_view name) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_number()) return shortest(to_double(value));
    refuse(fmt::format("the setting '{}' has to be text or a number", name));
}

std::vector<std::string> texts_in(const Call& call, std::string_view name) {
    std::vector<std::string> texts;
    const auto* list = find_member(call.json, name);
    if (list == nullptr || list->is_null()) return texts;
    for (const auto& text : list->as_array()) texts.emplace_back(text.as_string());
    return texts;
}

/// A strategy with its settings, or one of Lightly's methods.
void add_strategy_to(const Call& call, SamplingRequest& request) {
    const auto strategy = text_in(call, "strategy");
    if (strategy.has_value() == text_in(call, "method").has_value())
        refuse("give either 'strategy' or 'method'");
    request.strategy.goals = texts_in(call, "goals");
    request.strategy.thresholds = texts_in(call, "thresholds");
    if (!strategy) return add_method_to(call, request);
    request.strategy.name = *strategy;
    const auto* settings = find_member(call.json, "settings");
    if (settings == nullptr || settings->is_null()) return;
    for (const auto& [name, value] : settings->as_object())
        request.strategy.settings.emplace(name, setting_in(value, name));
}

/// The tags that the request names have to be the dataset's.
asio::awaitable<void> add_tags_to(Call& call, SamplingRequest& request) {
    if (const auto query = text_in(call, "queryTagId")) {
        const Tag tag = co_await known_tag(call, TagId(*query), "TAG_QUERYTAG_NOT_IN_DATASET");
        request.query = tag.id;
    }
    if (const auto preselected = text_in(call, "preselectedTagId")) {
        const Tag tag =
            co_await known_tag(call, TagId(*preselected), "TAG_PRESELECTEDTAG_NOT_IN_DATASET");
        request.preselected = tag.id;
    }
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
                       fmt::format("tag '{}' has no scores, which CORAL and ACTIVE_LEARNING go by; "
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

void check_row_count(const Call& call, const Embedding& embedding) {
    const auto rows = number_in(call.json, "rowCount");
    if (!rows || *rows == static_cast<double>(embedding.rows)) return;
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
    check_row_count(call, embedding);
    const auto stop = stop_of(call.json);
    SamplingRequest request = request_of(call);
    add_method_to(call, request);
    request.samples = samples_of(number_in(stop, "nSamples"), dataset.sample_count);
    request.min_distance = number_in(stop, "minDistance").value_or(-1);
    request.embedding = embedding.id;
    co_await add_tags_to(call, request);
    co_await move_old_scores(call, request);
    co_await check_scores(call, request);
    http::Response response = co_await start(call, std::move(request));
    co_return response;
}

std::uint64_t natural_member(const Call& call, std::string_view name, std::uint64_t most) {
    const auto* member = find_member(call.json, name);
    if (member == nullptr || member->is_null()) return 0;
    if (const auto number = natural_in(*member, most)) return *number;
    refuse(fmt::format("'{}' has to be a whole number from 0 to {}", name, most));
}

/// All that a SamplingRequest can say, for trommel's own client.
asio::awaitable<http::Response> create_whole_sampling(Call& call) {
    co_await known_dataset(call);
    SamplingRequest request = request_of(call);
    add_strategy_to(call, request);
    if (const auto id = text_in(call, "similarToTagId")) request.similar_to = TagId(*id);
    request.samples.reset();
    if (call.json.as_object().contains("nSamples"))
        request.samples =
            natural_member(call, "nSamples", std::numeric_limits<std::uint32_t>::max());
    request.proportion = number_in(call.json, "proportion");
    request.min_distance = number_in(call.json, "minDistance").value_or(-1);
    request.seed = natural_member(call, "seed", std::numeric_limits<std::uint64_t>::max());
    request.round = static_cast<std::uint32_t>(
        natural_member(call, "round", std::numeric_limits<std::uint32_t>::max()));
    if (const auto id = text_in(call, "embeddingId")) request.embedding = EmbeddingId(*id);
    // As they are: the platform knows whether the key has been seen, and then what differs.
    request.query = TagId(call.text("queryTagId"));
    if (const auto id = text_in(call, "preselectedTagId")) request.preselected = TagId(*id);
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
