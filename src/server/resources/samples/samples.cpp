#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/resources/samples/sample_json.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/platform/wire/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <array>
#include <utility>

namespace trommel::server {

namespace {

using store::ServedStore;

constexpr std::array<const char*, 6> detail_names{
    "thumbName", "exif", "metaData", "customMetaData", "videoFrameData", "cropData"};

/// The members of `json` that are kept of a sample, in place of those in `details`.
void merge(boost::json::object& details, const boost::json::value& json) {
    for (const auto* name : detail_names) {
        const auto* member = find_member(json, name);
        if (member != nullptr && !member->is_null()) details[name] = *member;
    }
    details["type"] = details.contains("videoFrameData") ? "VIDEO_FRAME"
                      : details.contains("cropData")     ? "CROP"
                                                         : "IMAGE";
}

void put_details(ServedStore& store,
                 const DatasetId& dataset,
                 SampleIndex sample,
                 const boost::json::value& json,
                 Timestamp now) {
    const auto known = store.sample_details(dataset, {.first = sample, .count = 1});
    boost::json::object details;
    if (!known.empty()) details = boost::json::parse(known.front().body).as_object();
    merge(details, json);
    const std::array<store::SampleDetails, 1> row{
        {{.sample = sample, .body = json_text(details), .created_at = now, .changed_at = now}}};
    store.put_sample_details(dataset, row);
}

/// Adds the sample, or finds that of this name, and gives its id. Clients repeat this call after
/// any failure.
asio::awaitable<std::string> add_sample(Call& call) {
    auto& services = call.services;
    const Dataset dataset = co_await known_dataset(call);
    std::vector<std::string> names;
    names.push_back(call.text("fileName"));
    co_await services.platform.add_samples(dataset.id, std::move(names));
    const auto sample = co_await services.platform.find_sample(dataset.id, call.text("fileName"));
    if (!sample)
        throw PlatformError(PlatformError::Reason::unavailable,
                            "the sample was added, and is not listed yet; repeat the call");
    co_await services.records.ask(put_details, dataset.id, *sample, call.json, now());
    co_return SampleIds(dataset.id).id_of(*sample);
}

asio::awaitable<http::Response> create_sample(Call& call) {
    const std::string id = co_await add_sample(call);
    co_return created(id);
}

std::string write_urls(const Call& call, std::string_view sample_id) {
    std::string json;
    const auto url = [&](std::string_view kind) {
        return signed_url(call, "PUT", sample_file_path(call.dataset(), sample_id, kind));
    };
    ObjectText(json).add("full", url("full")).add("thumb", url("thumbnail")).end();
    return json;
}

asio::awaitable<http::Response> create_sample_with_urls(Call& call) {
    const std::string id = co_await add_sample(call);
    std::string json;
    ObjectText(json).add("id", id).add_raw("sampleWriteUrls", write_urls(call, id)).end();
    co_return json_answer(201, std::move(json));
}

asio::awaitable<http::Response> get_write_url(Call& call) {
    co_await known_sample(call);
    const auto* kind = call.flag("isThumbnail") ? "thumbnail" : "full";
    co_return text_answer(signed_url(
        call, "PUT", sample_file_path(call.dataset(), call.parameter("sampleId"), kind)));
}

asio::awaitable<http::Response> get_write_urls(Call& call) {
    co_await known_sample(call);
    co_return json_answer(200, write_urls(call, call.parameter("sampleId")));
}

std::string read_url(const Call& call) {
    const auto* kind = call.query("type").value_or("thumbnail") == "full" ? "full" : "thumbnail";
    return signed_url(
        call, "GET", sample_file_path(call.dataset(), call.parameter("sampleId"), kind));
}

asio::awaitable<http::Response> get_read_url(Call& call) {
    co_await known_sample(call);
    co_return text_answer(read_url(call));
}

asio::awaitable<http::Response> redirect_to_read_url(Call& call) {
    co_await known_sample(call);
    auto response = done(302);
    response.headers.add("Location", read_url(call));
    co_return response;
}

SampleMode mode_of(const Call& call) {
    const auto mode = call.query("mode").value_or("full");
    if (mode == "ids") return SampleMode::ids;
    return mode == "fileNames" ? SampleMode::file_names : SampleMode::full;
}

/// The samples of the page, or the one that the query names, if there is one.
asio::awaitable<http::Response> list_samples(Call& call, SampleMode mode) {
    auto& services = call.services;
    const Dataset dataset = co_await known_dataset(call);
    SampleWriter writer(dataset.id, mode);
    const auto names = co_await services.platform.mappings(dataset.id);
    Page page = within(call.page(), names->size());
    if (const auto name = call.query("fileName")) {
        const auto found = co_await services.platform.find_sample(dataset.id, *name);
        page = found ? Page{.first = *found, .count = 1} : Page{};
    }
    co_return samples_answer(call, std::move(writer), names, page);
}

asio::awaitable<http::Response> get_samples(Call& call) {
    http::Response response = co_await list_samples(call, SampleMode::full);
    co_return response;
}

asio::awaitable<http::Response> get_partial_samples(Call& call) {
    http::Response response = co_await list_samples(call, mode_of(call));
    co_return response;
}

asio::awaitable<http::Response> get_sample(Call& call) {
    const KnownSample sample = co_await known_sample(call);
    const store::Slice slice{.first = sample.index, .count = 1};
    const auto details =
        co_await call.services.records.look(&ServedStore::sample_details, call.dataset(), slice);
    std::string json;
    SampleWriter(call.dataset(), SampleMode::full)
        .write(json, sample.index, sample.name, details.empty() ? nullptr : &details.front());
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> update_sample(Call& call) {
    const KnownSample sample = co_await known_sample(call);
    const auto name = call.text("fileName");
    if (!name.empty() && name != sample.name)
        throw ApiError(
            422,
            "MALFORMED_REQUEST",
            fmt::format("sample '{}' cannot become '{}': a sample is its name", sample.name, name));
    co_await call.services.records.ask(put_details, call.dataset(), sample.index, call.json, now());
    co_return done();
}

/// Takes the call's JSON, so that a million strings are let go of where this runs.
std::vector<std::string> names_in(boost::json::value json) {
    std::vector<std::string> names;
    for (const auto& name : json.at("fileNames").as_array()) names.emplace_back(name.as_string());
    return names;
}

/// Many samples in one call, for trommel's own client.
asio::awaitable<http::Response> add_samples_by_name(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    auto names = co_await on_io(call.services.files.io(), names_in, std::move(call.json));
    co_await call.services.platform.add_samples(dataset.id, std::move(names));
    const Dataset after = co_await known_dataset(call);
    std::string json;
    ObjectText(json).add("total", after.sample_count).end();
    co_return json_answer(201, std::move(json));
}

std::vector<QueryParameter> listed(std::vector<QueryParameter> more) {
    more.push_back({.name = "fileName", .schema = schema::text()});
    return paged(std::move(more));
}

const std::string all_path = "/v1/datasets/{datasetId}/samples";
const std::string one_path = all_path + "/{sampleId}";

void add_lists(Routes& routes) {
    routes.push_back({.method = "GET",
                      .path = all_path,
                      .id = "getSamplesByDatasetId",
                      .summary = "The samples by index",
                      .query = listed({{.name = "mode", .schema = schema::text()},
                                       {.name = "sortBy", .schema = schema::text()}}),
                      .reply = {200, schema::list(schema::reference("SampleData"))},
                      .answer = get_samples});
    routes.push_back(
        {.method = "GET",
         .path = all_path + "/partial",
         .id = "getSamplesPartialByDatasetId",
         .summary = "Only ids, or also names, or all of each sample, by index",
         .query = listed({{.name = "mode", .schema = schema::words({"ids", "fileNames", "full"})}}),
         .reply = {200, schema::list(schema::reference("SampleDataModes"))},
         .answer = get_partial_samples});
    routes.push_back({.method = "GET",
                      .path = one_path,
                      .id = "getSampleById",
                      .summary = "One sample",
                      .reply = {200, schema::reference("SampleData")},
                      .answer = get_sample});
}

void add_changes(Routes& routes) {
    routes.push_back({.method = "POST",
                      .path = all_path,
                      .id = "createSampleByDatasetId",
                      .summary = "Adds a sample; one of this name stays, with the given details",
                      .role = Role::write,
                      .request = schema::reference("SampleCreateRequest"),
                      .reply = {201, schema::reference("CreateEntityResponse")},
                      .answer = create_sample});
    routes.push_back({.method = "POST",
                      .path = all_path + "/withWriteUrls",
                      .id = "createSampleWithWriteUrlsByDatasetId",
                      .summary = "The same, with the URLs for its files",
                      .role = Role::write,
                      .request = schema::reference("SampleCreateRequest"),
                      .reply = {201, schema::reference("CreateSampleWithWriteUrlsResponse")},
                      .answer = create_sample_with_urls});
    routes.push_back({.method = "PUT",
                      .path = one_path,
                      .id = "updateSampleById",
                      .summary = "Changes the details that are given",
                      .role = Role::write,
                      .query = {{.name = "enableDatasetUpdate", .schema = schema::truth()}},
                      .request = schema::reference("SampleUpdateRequest"),
                      .answer = update_sample});
    routes.push_back({.method = "POST",
                      .path = "/v1/trommel/datasets/{datasetId}/samples",
                      .id = "trommelAddSamples",
                      .summary = "Adds samples by name, in this order; those there were stay",
                      .role = Role::write,
                      .request = schema::reference("TrommelSamplesRequest"),
                      .reply = {201, schema::reference("TrommelSamples")},
                      .answer = add_samples_by_name});
}

void add_urls(Routes& routes) {
    const auto get = [&](const char* path,
                         const char* id,
                         const char* summary,
                         Role role,
                         std::vector<QueryParameter> query,
                         Reply reply,
                         decltype(Route::answer) answer) {
        routes.push_back({.method = "GET",
                          .path = one_path + path,
                          .id = id,
                          .summary = summary,
                          .role = role,
                          .query = std::move(query),
                          .reply = std::move(reply),
                          .answer = answer});
    };
    const QueryParameter type{.name = "type", .schema = schema::words({"full", "thumbnail"})};
    const QueryParameter public_token{.name = "publicToken", .schema = schema::text()};
    get("/writeurl",
        "getSampleImageWriteUrlById",
        "Where to PUT the image or its thumbnail",
        Role::write,
        {{.name = "isThumbnail", .schema = schema::truth()}},
        {200, schema::text()},
        get_write_url);
    get("/writeurls",
        "getSampleImageWriteUrlsById",
        "Where to PUT both",
        Role::write,
        {},
        {200, schema::reference("SampleWriteUrls")},
        get_write_urls);
    get("/readurl",
        "getSampleImageReadUrlById",
        "Where to GET the image or its thumbnail",
        Role::read,
        {type},
        {200, schema::text()},
        get_read_url);
    get("/readurlRedirect",
        "getSampleImageResourceRedirectById",
        "The same as a redirection",
        Role::read,
        {type, public_token},
        {302},
        redirect_to_read_url);
}

}  // namespace

void add_samples(Routes& routes) {
    add_lists(routes);
    add_changes(routes);
    add_urls(routes);
}

}  // namespace trommel::server
