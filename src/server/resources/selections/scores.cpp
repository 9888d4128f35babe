#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/resources/selections/unlabeled_scores.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/sample_ids.hpp"
#include "server/wire/scores_reader.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace trommel::server {

namespace {

asio::awaitable<UploadedScores> read_scores(Call& call, std::size_t max_values) {
    ScoresReader reader(max_values);
    while (true) {
        const std::string piece = co_await call.request.body.next();
        if (piece.empty()) break;
        reader.read(piece);
    }
    co_return reader.finish();
}

/// One list for a tag and a type; the same again replaces it, which is what clients repeat.
asio::awaitable<http::Response> create_scores(Call& call) {
    auto& services = call.services;
    co_await known_dataset(call);
    const Tag tag = co_await known_tag(call);
    UploadedScores scores = co_await read_scores(call, tag.total);
    std::string id = score_id(tag.id, scores.type);
    std::string key(call.header("Idempotency-Key"));
    if (scores.values.size() != tag.mask.count() && call.agent().may_score_unlabeled) {
        co_await services.records.ask(
            keep_unlabeled_scores, tag, std::move(scores.type), std::move(scores.values), now());
        co_return created(id);
    }
    co_await services.platform.upload_scores(
        tag.id, std::move(scores.type), std::move(scores.values), std::move(key));
    co_return created(id);
}

void write_score(ObjectText& object, const Score& score) {
    const wire::AnyId id(score_id(score.tag, score.type));
    wire::write_members(object, wire::ListedScore{.id = id, .score = score});
}

/// Those of a tag, with what old clients uploaded in their own order.
asio::awaitable<std::vector<Score>> scores_of(Call& call, Tag tag) {
    auto scores = co_await call.services.platform.scores(tag.id);
    const auto unlabeled = co_await call.services.records.look(unlabeled_scores, tag);
    scores.insert(scores.end(), unlabeled.begin(), unlabeled.end());
    co_return scores;
}

asio::awaitable<http::Response> get_scores(Call& call) {
    const Tag tag = co_await known_tag(call);
    const auto scores = co_await scores_of(call, tag);
    std::string json = "[";
    for (const auto& score : scores) {
        if (json.size() > 1) json += ',';
        ObjectText object(json);
        write_score(object, score);
        object.end();
    }
    co_return json_answer(200, json + "]");
}

asio::awaitable<std::vector<double>> values_of(Call& call, Tag tag, std::string type) {
    auto unlabeled = co_await call.services.records.look(unlabeled_values, tag, type);
    if (unlabeled) co_return *std::move(unlabeled);
    auto values = co_await call.services.platform.score_values(tag.id, std::move(type));
    co_return values;
}

using Values = std::shared_ptr<const std::vector<double>>;

/// In memory once for all who read them at the same time; `held` is for whom they were brought.
asio::awaitable<Values> shared_values(Call& call, Tag tag, Score score, std::size_t& held) {
    auto& all = call.services.shared.score_values;
    const auto key = fmt::format("scores {} {} {}",
                                 score_id(tag.id, score.type),
                                 score.type,
                                 score.created_at.time_since_epoch().count());
    const KeyedLock::Lock lock = co_await call.services.locks.take(key);
    if (auto known = all.find(key)) co_return known;
    auto values = co_await values_of(call, std::move(tag), score.type);
    held = values.size() * sizeof(double);
    co_return all.add(key, std::move(values));
}

asio::awaitable<http::Response> get_score(Call& call) {
    const Tag tag = co_await known_tag(call);
    const auto scores = co_await scores_of(call, tag);
    const auto found = std::find_if(scores.begin(), scores.end(), [&](const Score& score) {
        return score_id(score.tag, score.type) == call.parameter("scoreId");
    });
    if (found == scores.end())
        throw ApiError(404, "SCORE_UNKNOWN", fmt::format("tag '{}' has no such scores", tag.name));
    std::size_t held = 0;
    const Values shared = co_await shared_values(call, tag, *found, held);
    Frame frame;
    ObjectText object(frame.begin = "");
    write_score(object, *found);
    object.add_raw("scores", "[");
    frame.end = "]}";
    WriteRow write = [shared](std::string& out, std::size_t i) { append_json(out, (*shared)[i]); };
    co_return rows_answer(shared->size(), std::move(write), std::move(frame), held);
}

}  // namespace

void add_scores(Routes& routes) {
    const std::string path = "/v1/datasets/{datasetId}/tags/{tagId}/scores";
    // No request schema: a million scores are read as they come.
    routes.push_back({.method = "POST",
                      .path = path,
                      .id = "createOrUpdateActiveLearningScoreByTagId",
                      .summary =
                          "Takes ActiveLearningScoreCreateRequest: one score for each sample "
                          "of the tag, ascending by index; NaN counts as 0 and an infinity "
                          "as the largest number. With a header Idempotency-Key that was "
                          "seen before it does nothing",
                      .role = Role::write,
                      .streams_json = true,
                      .reply = {201, schema::reference("CreateEntityResponse")},
                      .answer = create_scores});
    routes.push_back(
        {.method = "GET",
         .path = path,
         .id = "getActiveLearningScoresByTagId",
         .summary = "Which scores the tag has",
         .reply = {200, schema::list(schema::reference("TagActiveLearningScoresData"))},
         .answer = get_scores});
    routes.push_back({.method = "GET",
                      .path = path + "/{scoreId}",
                      .id = "getActiveLearningScoreByScoreId",
                      .summary = "The scores of one type",
                      .reply = {200, schema::reference("ActiveLearningScoreData")},
                      .codes = {.not_found = "SCORE_UNKNOWN"},
                      .answer = get_score});
}

}  // namespace trommel::server
