#include "server/resources/dataset_details.hpp"
#include "server/resources/datasets/team_datasets.hpp"
#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/routing/visibility.hpp"
#include "server/wire/api_error.hpp"

#include <boost/json/object.hpp>

#include <utility>

namespace trommel::server {

namespace {

using store::ServedStore;

/// Which datasets a list has.
struct Wanted {
    std::optional<std::string> name{};  ///< none: all
    bool is_exact = true;               ///< false: whose names begin with `name`
    Page page{};
};

bool fits(const Wanted& wanted, const std::string& name) {
    if (!wanted.name) return true;
    return wanted.is_exact ? name == *wanted.name : name.starts_with(*wanted.name);
}

std::string list_json(ServedStore& store, const std::vector<Dataset>& datasets) {
    std::string json = "[";
    for (const auto& each : datasets) {
        if (json.size() > 1) json += ',';
        json += dataset_json(store, each);
    }
    return json + "]";
}

asio::awaitable<std::vector<Dataset>> find(Call& call, Wanted wanted) {
    auto& platform = call.services.platform;
    std::vector<Dataset> datasets;
    if (wanted.name && wanted.is_exact) {
        auto named = co_await platform.find_dataset(*wanted.name);
        if (named) datasets.push_back(*std::move(named));
    } else {
        datasets = co_await platform.datasets();
    }
    std::erase_if(datasets, [&](const Dataset& each) {
        return !fits(wanted, each.name) || !may_see(call, each.id);
    });
    const auto page = within(wanted.page, datasets.size());
    co_return std::vector<Dataset>(
        datasets.begin() + static_cast<std::ptrdiff_t>(page.first),
        datasets.begin() + static_cast<std::ptrdiff_t>(page.first + page.count));
}

asio::awaitable<http::Response> list(Call& call, Wanted wanted) {
    // What others share with the caller, or its team has: nothing more than the caller sees.
    if (call.flag("shared") || call.flag("getAssetsOfTeam")) co_return json_answer(200, "[]");
    std::vector<Dataset> datasets = co_await find(call, std::move(wanted));
    std::string json = co_await call.services.records.look(list_json, std::move(datasets));
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> get_datasets(Call& call) {
    Wanted wanted;
    wanted.page = call.page();
    http::Response response = co_await list(call, std::move(wanted));
    co_return response;
}

asio::awaitable<http::Response> query_by_name(Call& call) {
    Wanted wanted;
    wanted.name = call.parameter("datasetName");
    wanted.is_exact = call.flag("exact");
    wanted.page = call.page();
    http::Response response = co_await list(call, std::move(wanted));
    co_return response;
}

/// Clients refuse whole lists for one id of another form.
void check_parent(const Call& call) {
    const auto parent = call.text("parentDatasetId");
    const bool is_id =
        parent.size() == 24 && parent.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!parent.empty() && !is_id)
        throw ApiError(
            422, "MALFORMED_REQUEST", "'parentDatasetId' must be an id of 24 hex digits");
}

asio::awaitable<http::Response> create_dataset(Call& call) {
    check_parent(call);
    DatasetId id;
    if (call.caller.team.empty()) {
        id = co_await call.services.platform.create_dataset(call.text("name"));
    } else {
        id = co_await create_for_team(call.services, call.text("name"), call.caller.team);
    }
    boost::json::object details;
    for (const auto* name : {"type", "imgType", "creator", "parentDatasetId"})
        if (const auto value = call.text(name); !value.empty()) details[name] = value;
    co_await call.services.records.ask(put_dataset_details, id, std::move(details), now());
    co_return created(id.text());
}

asio::awaitable<http::Response> get_dataset(Call& call) {
    Dataset dataset = co_await known_dataset(call);
    std::string json = co_await call.services.records.look(dataset_json, std::move(dataset));
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> update_dataset(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    co_await call.services.platform.rename_dataset(dataset.id, call.text("name"));
    co_await touch(call, dataset.id);
    co_return done();
}

asio::awaitable<http::Response> delete_dataset(Call& call) {
    auto& services = call.services;
    const Dataset dataset = co_await known_dataset(call);
    const auto embeddings = co_await services.platform.embeddings(dataset.id);
    co_await services.platform.delete_dataset(dataset.id);
    co_await services.records.ask(&ServedStore::forget_dataset, dataset.id);
    // Else a power failure could bring its rows back, but not its files.
    co_await services.platform.flush();
    bool is_more = true;
    while (is_more) is_more = co_await services.records.ask(&ServedStore::remove_some);
    for (const auto& each : embeddings)
        co_await services.files.remove(services.files.embedding(each.id));
    co_await services.files.remove_dataset(dataset.id);
    services.teams.forget(dataset.id);
    co_return done();
}

/// Progress of an upload, which clients tell and nobody asks for.
asio::awaitable<http::Response> register_upload(Call& call) {
    co_await known_dataset(call);
    co_return done();
}

schema::Schema dataset_list() { return schema::list(schema::reference("DatasetData")); }

std::vector<QueryParameter> whose() {
    return paged({{.name = "shared", .schema = schema::truth()},
                  {.name = "getAssetsOfTeam", .schema = schema::truth()},
                  {.name = "getAssetsOfTeamInclusiveSelf", .schema = schema::truth()}});
}

const Codes codes{.not_found = "DATASET_UNKNOWN", .exists = "DATASET_NAME_EXISTS"};

void add_all(Routes& routes) {
    routes.push_back({.method = "POST",
                      .path = "/v1/datasets",
                      .id = "createDataset",
                      .summary = "Makes an empty dataset",
                      .role = Role::write,
                      .request = schema::reference("DatasetCreateRequest"),
                      .reply = {201, schema::reference("CreateEntityResponse")},
                      .codes = codes,
                      .answer = create_dataset});
    routes.push_back({.method = "GET",
                      .path = "/v1/datasets",
                      .id = "getDatasets",
                      .summary = "All datasets, oldest first",
                      .query = whose(),
                      .reply = {200, dataset_list()},
                      .answer = get_datasets});
    auto by_name = whose();
    by_name.push_back({.name = "exact", .schema = schema::truth()});
    routes.push_back({.method = "GET",
                      .path = "/v1/datasets/query/name/{datasetName}",
                      .id = "getDatasetsQueryByName",
                      .summary = "Datasets of this name, or whose names begin with it",
                      .query = std::move(by_name),
                      .reply = {200, dataset_list()},
                      .answer = query_by_name});
}

void add_one(Routes& routes) {
    routes.push_back({.method = "GET",
                      .path = "/v1/datasets/{datasetId}",
                      .id = "getDatasetById",
                      .summary = "One dataset",
                      .reply = {200, schema::reference("DatasetData")},
                      .codes = codes,
                      .answer = get_dataset});
    routes.push_back({.method = "PUT",
                      .path = "/v1/datasets/{datasetId}",
                      .id = "updateDatasetById",
                      .summary = "Gives it another name",
                      .role = Role::write,
                      .request = schema::reference("DatasetUpdateRequest"),
                      .codes = codes,
                      .answer = update_dataset});
    routes.push_back({.method = "DELETE",
                      .path = "/v1/datasets/{datasetId}",
                      .id = "deleteDatasetById",
                      .summary = "Deletes it with all that belongs to it; its jobs are cancelled",
                      .role = Role::write,
                      .query = {{.name = "force", .schema = schema::truth()}},
                      .codes = codes,
                      .answer = delete_dataset});
    routes.push_back({.method = "PUT",
                      .path = "/v1/datasets/{datasetId}/registerDatasetUpload",
                      .id = "registerDatasetUploadById",
                      .summary = "Takes note of nothing: how far an upload is, clients know",
                      .role = Role::write,
                      .request = schema::reference("DatasetUploadRequest"),
                      .codes = codes,
                      .answer = register_upload});
}

}  // namespace

void add_datasets(Routes& routes) {
    add_all(routes);
    add_one(routes);
}

}  // namespace trommel::server
