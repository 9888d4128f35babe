// Lightly's compute worker is a closed program that asks a server for work. Clients since 1.2.10
// can set it up and schedule runs; what they say is kept here, and nothing runs it.
#include "server/resources/administration/kept_secrets.hpp"
#include "server/resources/document_json.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "trommel/platform/wire/json.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace trommel::server {

namespace {

constexpr const char* worker_kind = "worker";
constexpr const char* schedule_kind = "worker-schedule";

/// What belongs to no dataset is the caller's team's.
store::Document document_of(const Call& call,
                            const char* kind,
                            std::optional<DatasetId> dataset,
                            const boost::json::value& body) {
    const std::string owner = dataset ? std::string() : call.caller.team;
    auto document = new_document(kind, std::move(dataset), owner, "", body);
    document.key = document.id;
    return document;
}

// Clients want these fields, and those since 1.4.8 no others.

void write_worker(std::string& out, const store::Document& document) {
    const auto body = boost::json::parse(document.body);
    ObjectText(out)
        .add("id", document.id)
        .add("userId", "trommel")
        .add("name", text_member(body, "name"))
        .add("workerType", text_member(body, "workerType"))
        .add("state", "OFFLINE")
        .add("createdAt", document.created_at)
        .add("lastModifiedAt", document.changed_at)
        .add_raw("labels", json_member(body, "labels", "[]"))
        .end();
}

void write_config(std::string& out, const Vault& vault, const store::Document& document) {
    const auto body = shown_config(opened(vault, document));
    ObjectText(out)
        .add("id", document.id)
        .add_raw("config", json_member(body, "config", "{}"))
        .add("createdAt", document.created_at)
        .end();
}

void write_schedule(std::string& out, const store::Document& document) {
    const auto body = boost::json::parse(document.body);
    ObjectText(out)
        .add("id", document.id)
        .add("datasetId", *document.dataset)
        .add("configId", text_member(body, "configId"))
        .add("priority", text_member(body, "priority"))
        .add_raw("runsOn", json_member(body, "runsOn", "[]"))
        .add("state", "OPEN")
        .add("createdAt", document.created_at)
        .add("lastModifiedAt", document.changed_at)
        .end();
}

asio::awaitable<http::Response> create_worker(Call& call) {
    const auto body = members_of(call.json, {"name", "workerType", "labels", "creator"});
    auto document = document_of(call, worker_kind, std::nullopt, body);
    http::Response response = co_await keep_document(call, std::move(document));
    co_return response;
}

asio::awaitable<http::Response> get_workers(Call& call) {
    store::DocumentFilter filter;
    filter.kind = worker_kind;
    http::Response response = co_await documents_answer(call, std::move(filter), write_worker);
    co_return response;
}

asio::awaitable<http::Response> delete_worker(Call& call) {
    const store::Document worker =
        co_await known_document(call, worker_kind, call.parameter("workerId"), "NOT_FOUND");
    const std::string kind = worker_kind;
    co_await call.services.records.ask(&store::ServedStore::delete_document, kind, worker.id);
    co_return done();
}

asio::awaitable<http::Response> create_config(Call& call) {
    auto document =
        sealed(call.services.vault, document_of(call, worker_config_kind, std::nullopt, call.json));
    http::Response response = co_await keep_document(call, std::move(document));
    co_return response;
}

asio::awaitable<http::Response> get_config(Call& call) {
    const store::Document document =
        co_await known_document(call, worker_config_kind, call.parameter("configId"), "NOT_FOUND");
    std::string json;
    write_config(json, call.services.vault, document);
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> create_schedule(Call& call) {
    const std::string config(call.json.at("configId").as_string());
    co_await known_document(call, worker_config_kind, config, "NOT_FOUND");
    const auto body = members_of(call.json, {"configId", "priority", "runsOn", "creator"});
    auto document = document_of(call, schedule_kind, call.dataset(), body);
    http::Response response = co_await keep_document(call, std::move(document));
    co_return response;
}

asio::awaitable<http::Response> get_schedules(Call& call) {
    store::DocumentFilter filter;
    filter.kind = schedule_kind;
    filter.dataset = call.dataset();
    http::Response response = co_await documents_answer(call, std::move(filter), write_schedule);
    co_return response;
}

asio::awaitable<http::Response> get_runs(Call&) { co_return json_answer(200, "[]"); }

asio::awaitable<http::Response> get_run(Call&) {
    throw ApiError(404, "NOT_FOUND", "no worker has run this: the server keeps schedules only");
    co_return done();
}

class Adder {
public:
    explicit Adder(Routes& routes) : routes_(routes) {}

    void make(std::string path,
              const char* id,
              const char* summary,
              const char* request,
              decltype(Route::answer) answer) {
        routes_.push_back({.method = "POST",
                           .path = std::move(path),
                           .id = id,
                           .summary = summary,
                           .role = Role::write,
                           .request = schema::reference(request),
                           .reply = {201, schema::reference("CreateEntityResponse")},
                           .codes = {.not_found = "DATASET_UNKNOWN"},
                           .answer = answer});
    }

    void get(std::string path,
             const char* id,
             const char* summary,
             schema::Schema reply,
             decltype(Route::answer) answer) {
        routes_.push_back({.method = "GET",
                           .path = std::move(path),
                           .id = id,
                           .summary = summary,
                           .reply = {200, std::move(reply)},
                           .answer = answer});
    }

private:
    Routes& routes_;
};

const std::string docker = "/v1/docker";

void add_registry(Routes& routes) {
    Adder add(routes);
    add.make(docker + "/worker",
             "registerDockerWorker",
             "Keeps a worker",
             "DockerWorkerCreateRequest",
             create_worker);
    add.get(docker + "/worker",
            "getDockerWorkerRegistryEntries",
            "All workers",
            schema::list(schema::reference("DockerWorker")),
            get_workers);
    routes.push_back({.method = "DELETE",
                      .path = docker + "/worker/{workerId}",
                      .id = "deleteDockerWorkerRegistryEntryById",
                      .summary = "Forgets a worker",
                      .role = Role::write,
                      .answer = delete_worker});
}

void add_configs(Routes& routes) {
    Adder add(routes);
    const auto config = docker + "/worker/config";
    const auto make_config = [&](const char* version, const char* id, const char* summary) {
        add.make(config + version, id, summary, "DockerWorkerConfigCreateRequest", create_config);
    };
    make_config("", "createDockerWorkerConfig", "Keeps a configuration");
    make_config("/v2", "createDockerWorkerConfigV2", "The same, version 2");
    make_config("/v3", "createDockerWorkerConfigV3", "The same, version 3");
    make_config("/vX", "createDockerWorkerConfigVX", "The same, since 1.5");
    add.get(config + "/{configId}",
            "getDockerWorkerConfigById",
            "A configuration",
            schema::reference("DockerWorkerConfig"),
            get_config);
}

void add_runs(Routes& routes) {
    Adder add(routes);
    const std::string schedule = "/v1/datasets/{datasetId}/docker/worker/schedule";
    add.make(schedule,
             "createDockerRunScheduledByDatasetId",
             "Keeps a run to do, which no worker comes for here",
             "DockerRunScheduledCreateRequest",
             create_schedule);
    add.get(schedule,
            "getDockerRunsScheduledByDatasetId",
            "What was kept",
            schema::list(schema::reference("DockerRunScheduled")),
            get_schedules);
    const auto nothing = schema::list(schema::anything());
    add.get(docker + "/runs", "getDockerRuns", "Runs of workers: none", nothing, get_runs);
    add.get(docker + "/runs/query/datasetId/{datasetId}",
            "getDockerRunsQueryByDatasetId",
            "Runs of workers on a dataset: none",
            nothing,
            get_runs);
    add.get(docker + "/runs/{runId}",
            "getDockerRunById",
            "404: there are none",
            schema::anything(),
            get_run);
    add.get(docker + "/runs/schedule/{scheduledId}",
            "getDockerRunByScheduledId",
            "404: there are none",
            schema::anything(),
            get_run);
}

}  // namespace

void add_workers(Routes& routes) {
    add_registry(routes);
    add_configs(routes);
    add_runs(routes);
}

}  // namespace trommel::server
