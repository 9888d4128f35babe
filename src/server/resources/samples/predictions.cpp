#include "server/resources/document_json.hpp"
#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/numbers.hpp"
#include "trommel/platform/wire/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <set>
#include <utility>

namespace trommel::server {

namespace {

constexpr const char* task_kind = "prediction-task";
constexpr const char* sample_kind = "prediction";
constexpr const char* score_kind = "prediction-scores";

/// Predictions of different times live side by side; clients say -1 for none in particular.
std::string version_of(const Call& call) {
    return call.query("predictionUUIDTimestamp").value_or("-1");
}

void check_categories(const boost::json::value& task) {
    std::set<std::int64_t> ids;
    for (const auto& category : task.at("categories").as_array())
        if (const auto id = whole_number("id", category.at("id")); !ids.insert(id).second)
            throw ApiError(422,
                           "PREDICTION_TASK_SCHEMA_CATEGORIES_NOT_UNIQUE",
                           fmt::format("category {} appears twice in the task", id));
}

asio::awaitable<http::Response> create_task(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    check_categories(call.json);
    const boost::json::object body{{"name", call.json.at("name")},
                                   {"type", call.json.at("type")},
                                   {"categories", call.json.at("categories")}};
    auto document = new_document(task_kind, dataset.id, version_of(call), call.text("name"), body);
    http::Response response = co_await keep_document(call, std::move(document));
    co_return response;
}

store::DocumentFilter filter_of(const Call& call, const char* kind) {
    store::DocumentFilter filter;
    filter.kind = kind;
    filter.dataset = call.dataset();
    if (const auto version = call.query("predictionUUIDTimestamp")) filter.owner = *version;
    return filter;
}

asio::awaitable<http::Response> get_tasks(Call& call) {
    co_await known_dataset(call);
    http::Response response =
        co_await documents_answer(call, filter_of(call, task_kind), write_body);
    co_return response;
}

asio::awaitable<http::Response> get_task(Call& call) {
    co_await known_dataset(call);
    const auto tasks = co_await call.services.records.look(&store::ServedStore::documents,
                                                           filter_of(call, task_kind));
    for (const auto& task : tasks)
        if (task.key == call.parameter("taskName")) co_return json_answer(200, task.body);
    throw ApiError(404, "PREDICTION_TASK_SCHEMA_UNKNOWN", "the dataset has no such task");
}

asio::awaitable<http::Response> put_predictions(Call& call) {
    const KnownSample sample = co_await known_sample(call);
    auto document = new_document(
        sample_kind, call.dataset(), version_of(call), call.parameter("sampleId"), call.json);
    http::Response response = co_await keep_document(call, std::move(document));
    co_return response;
}

/// For each sample that has predictions the list of them.
asio::awaitable<http::Response> get_all_predictions(Call& call) {
    co_await known_dataset(call);
    http::Response response =
        co_await documents_answer(call, filter_of(call, sample_kind), write_body);
    co_return response;
}

asio::awaitable<http::Response> get_predictions(Call& call) {
    co_await known_sample(call);
    store::DocumentFilter filter;
    filter.kind = sample_kind;
    filter.dataset = call.dataset();
    filter.owner = version_of(call);
    const auto document = co_await call.services.records.ask(
        &store::ServedStore::find_document, std::move(filter), call.parameter("sampleId"));
    std::string json = "[]";
    if (document) json = document->body;
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> put_scores(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const boost::json::object body{{"scoreType", call.json.at("scoreType")},
                                   {"scores", call.json.at("scores")}};
    const auto key =
        fmt::format("{}/{}", call.query("taskName").value_or(""), call.text("scoreType"));
    auto document = new_document(score_kind, dataset.id, version_of(call), key, body);
    http::Response response = co_await keep_document(call, std::move(document));
    co_return response;
}

void write_score(std::string& out, const store::Document& document) {
    ObjectText(out)
        .add("id", document.id)
        .add("scoreType", document.key.substr(document.key.find('/') + 1))
        .add("createdAt", document.created_at)
        .end();
}

asio::awaitable<http::Response> get_all_scores(Call& call) {
    co_await known_dataset(call);
    http::Response response =
        co_await documents_answer(call, filter_of(call, score_kind), write_score);
    co_return response;
}

asio::awaitable<http::Response> get_prediction_scores(Call& call) {
    const store::Document document =
        co_await known_document(call, score_kind, call.parameter("scoreId"), "SCORE_UNKNOWN");
    std::string json;
    write_with_id(json, document);
    co_return json_answer(200, std::move(json));
}

class Adder {
public:
    explicit Adder(Routes& routes) : routes_(routes) {}

    void get(const char* path,
             const char* id,
             const char* summary,
             schema::Schema reply,
             decltype(Route::answer) answer) {
        Route route = common(path, id, summary, answer);
        route.method = "GET";
        route.reply.schema = std::move(reply);
        routes_.push_back(std::move(route));
    }

    void post(const char* path,
              const char* id,
              const char* summary,
              schema::Schema request,
              decltype(Route::answer) answer) {
        Route route = common(path, id, summary, answer);
        route.method = "POST";
        route.role = Role::write;
        route.request = std::move(request);
        route.reply = {201, schema::reference("CreateEntityResponse")};
        routes_.push_back(std::move(route));
    }

private:
    static Route common(const char* path,
                        const char* id,
                        const char* summary,
                        decltype(Route::answer) answer) {
        return {.path = std::string("/v1/datasets/{datasetId}/predictions/") + path,
                .id = id,
                .summary = summary,
                .query = {{.name = "predictionUUIDTimestamp", .schema = schema::integer()},
                          {.name = "taskName", .schema = schema::text()}},
                .answer = answer};
    }

    Routes& routes_;
};

}  // namespace

void add_predictions(Routes& routes) {
    Adder add(routes);
    const auto task = schema::reference("PredictionTaskSchema");
    const auto singletons = schema::list(schema::reference("PredictionSingleton"));
    add.post("tasks",
             "createOrUpdatePredictionTaskSchemaByDatasetId",
             "Says what a task predicts",
             task,
             create_task);
    add.get(
        "tasks", "getPredictionTaskSchemasByDatasetId", "The tasks", schema::list(task), get_tasks);
    add.get("tasks/{taskName}", "getPredictionTaskSchemaByTaskName", "One task", task, get_task);
    add.post("samples/{sampleId}",
             "createOrUpdatePredictionBySampleId",
             "Keeps the predictions for a sample in place of those there were",
             singletons,
             put_predictions);
    add.get("samples",
            "getPredictionsByDatasetId",
            "The predictions of every sample that has some",
            schema::list(singletons),
            get_all_predictions);
    add.get("samples/{sampleId}",
            "getPredictionsBySampleId",
            "The predictions for one sample",
            singletons,
            get_predictions);
    add.post("scores",
             "createOrUpdateActiveLearningV2ScoreByDatasetId",
             "Keeps scores of predictions, which no selection here uses",
             schema::reference("ActiveLearningScoreCreateRequest"),
             put_scores);
    add.get("scores",
            "getActiveLearningV2ScoresByDatasetId",
            "Which there are",
            schema::list(schema::reference("PredictionScoresData")),
            get_all_scores);
    add.get("scores/{scoreId}",
            "getActiveLearningV2ScoreByDatasetAndScoreId",
            "The scores",
            schema::anything(),
            get_prediction_scores);
}

}  // namespace trommel::server
