#include "server/resources/dataset_details.hpp"
#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/resources/tags/tag_json.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/mask_cursor.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::server {

namespace {

constexpr const char* initial_name = "initial-tag";
constexpr std::size_t most_masks_held = std::size_t{64} * 1024;  ///< bytes, of a list of tags

/// 404 if the dataset has no initial tag.
asio::awaitable<void> check_initial_tag(Call& call) {
    const auto tag = co_await call.services.platform.find_tag(call.dataset(), initial_name);
    if (!tag)
        throw ApiError(404,
                       "TAG_NO_TAG_IN_DATASET",
                       "the dataset has no initial-tag yet; add samples and make it first");
}

asio::awaitable<http::Response> create_initial(Call& call) {
    auto& services = call.services;
    const Dataset dataset = co_await known_dataset(call);
    const auto name = call.text("name");
    if (!name.empty() && name != initial_name)
        throw ApiError(
            422,
            "MALFORMED_REQUEST",
            fmt::format(
                "the first tag is called {}; make '{}' as a further one", initial_name, name));
    const TagId id = co_await services.platform.create_initial_tag(dataset.id);
    const auto image_type = call.text("imgType");
    const std::string member = "imgType";
    if (!image_type.empty())
        co_await services.records.ask(put_dataset_detail, dataset.id, member, image_type, now());
    co_return created(id.text());
}

std::size_t bytes_of_masks(const std::vector<Tag>& tags) {
    std::size_t bytes = 0;
    for (const auto& tag : tags) bytes += tag.mask.words().size_bytes();
    return bytes;
}

/// Large ones are read again one by one, so that none waits for a slow reader to fetch the others.
asio::awaitable<http::Response> get_tags(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    auto tags = co_await call.services.platform.tags(dataset.id);
    if (bytes_of_masks(tags) > most_masks_held)
        co_return tags_answer(call.services.platform, dataset.id, tags);
    const auto count = tags.size();
    const auto held = tags.size() * sizeof(Tag) + bytes_of_masks(tags);
    const auto shared = std::make_shared<std::vector<Tag>>(std::move(tags));
    WriteRow write = [shared](std::string& out, std::size_t i) {
        wire::append_json(out, (*shared)[i]);
    };
    co_return rows_answer(count, std::move(write), {}, held);
}

asio::awaitable<http::Response> get_tag(Call& call) {
    const Tag tag = co_await known_tag(call);
    co_return json_answer(200, wire::to_json(tag));
}

/// One or none. A dataset may have thousands of tags, each with a mask of all its samples.
asio::awaitable<http::Response> find_tag(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    std::string name = call.query("name").value_or("");
    const auto tag = co_await call.services.platform.find_tag(dataset.id, std::move(name));
    std::string json = "[";
    if (tag) wire::append_json(json, *tag);
    co_return json_answer(200, json + "]");
}

asio::awaitable<http::Response> create_tag(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const TagId previous(call.text("prevTagId"));
    co_await known_tag(call, previous, "TAG_PREVTAG_NOT_IN_DATASET");
    NewTag tag;
    tag.name = call.text("name");
    tag.mask = parse_mask(call.text("bitMaskData"));
    tag.previous = previous;
    const TagId id = co_await call.services.platform.create_tag(dataset.id, std::move(tag));
    co_await touch(call, dataset.id);
    co_return created(id.text());
}

asio::awaitable<http::Response> update_tag(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const Tag tag = co_await known_tag(call);
    std::optional<BitMask> mask;
    if (const auto text = call.text("bitMaskData"); !text.empty()) mask = parse_mask(text);
    co_await call.services.platform.change_tag(
        dataset.id, tag.id, call.text("name"), std::move(mask));
    co_return done();
}

asio::awaitable<http::Response> delete_tag(Call& call) {
    const Tag tag = co_await known_tag(call);
    if (!tag.previous)
        throw ApiError(422, "TAG_UNDELETABLE_IS_INITIAL", "the initial tag cannot be deleted");
    co_await call.services.platform.delete_tag(call.dataset(), tag.id);
    co_return done();
}

asio::awaitable<http::Response> upsize(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    co_await check_initial_tag(call);
    const TagId added =
        co_await call.services.platform.grow_tags(dataset.id, call.text("upsizeTagName"));
    co_await touch(call, dataset.id);
    co_return created(added.text());
}

/// Names of the tag's samples, ascending by index.
asio::awaitable<http::Response> get_file_names(Call& call) {
    const Tag tag = co_await known_tag(call);
    const auto names = co_await call.services.platform.mappings(call.dataset());
    const auto samples = std::make_shared<MaskCursor>(tag.mask);
    WriteRow write = [names, samples](std::string& out, std::size_t i) {
        append_json(out, names->at(samples->at(i)));
    };
    co_return rows_answer(samples->count(), std::move(write), {}, samples->held());
}

asio::awaitable<http::Response> get_tag_of_any_dataset(Call& call) {
    const Tag tag = co_await call.services.platform.tag(call.tag());
    co_return json_answer(200, wire::to_json(tag));
}

const std::string tags_path = "/v1/datasets/{datasetId}/tags";
const std::string tag_path = tags_path + "/{tagId}";

void add_reads(Routes& routes) {
    routes.push_back({.method = "GET",
                      .path = tags_path,
                      .id = "getTagsByDatasetId",
                      .summary = "The tags, oldest first",
                      .reply = {200, schema::list(schema::reference("TagData"))},
                      .answer = get_tags});
    routes.push_back({.method = "GET",
                      .path = tag_path,
                      .id = "getTagByTagId",
                      .summary = "One tag",
                      .reply = {200, schema::reference("TagData")},
                      .answer = get_tag});
    routes.push_back({.method = "GET",
                      .path = tag_path + "/filenames",
                      .id = "getFilenamesByTagId",
                      .summary = "Names of its samples",
                      .reply = {200, schema::list(schema::text())},
                      .answer = get_file_names});
    routes.push_back({.method = "GET",
                      .path = "/v1/trommel/tags/{tagId}",
                      .id = "trommelGetTag",
                      .summary = "One tag, whichever dataset it belongs to",
                      .reply = {200, schema::reference("TagData")},
                      .codes = {.not_found = "TAG_UNKNOWN"},
                      .answer = get_tag_of_any_dataset});
    routes.push_back({.method = "GET",
                      .path = "/v1/trommel/datasets/{datasetId}/tags",
                      .id = "trommelFindTag",
                      .summary = "The tag of this name, or an empty list",
                      .query = {{.name = "name", .schema = schema::text(), .is_required = true}},
                      .reply = {200, schema::list(schema::reference("TagData"))},
                      .answer = find_tag});
}

void add_makers(Routes& routes) {
    const auto makes = [&](std::string path,
                           const char* id,
                           const char* summary,
                           const char* request,
                           const char* exists,
                           decltype(Route::answer) answer) {
        routes.push_back({.method = "POST",
                          .path = std::move(path),
                          .id = id,
                          .summary = summary,
                          .role = Role::write,
                          .request = schema::reference(request),
                          .reply = {201, schema::reference("CreateEntityResponse")},
                          .codes = {.exists = exists},
                          .answer = answer});
    };
    makes(tags_path + "/initial",
          "createInitialTagByDatasetId",
          "Makes the first tag, of all samples",
          "InitialTagCreateRequest",
          "TAG_INITIAL_EXISTS",
          create_initial);
    makes(tags_path,
          "createTagByDatasetId",
          "Makes a tag; the same again gives the one there is",
          "TagCreateRequest",
          "TAG_NAME_EXISTS",
          create_tag);
    makes(tags_path + "/upsize",
          "upsizeTagsByDatasetId",
          "Lets the initial tag have all samples, and makes a tag of the new ones",
          "TagUpsizeRequest",
          "TAG_NAME_EXISTS",
          upsize);
}

void add_one(Routes& routes) {
    routes.push_back({.method = "PUT",
                      .path = tag_path,
                      .id = "updateTagByTagId",
                      .summary = "Changes its name or its samples",
                      .role = Role::write,
                      .request = schema::reference("TagUpdateRequest"),
                      .codes = {.exists = "TAG_NAME_EXISTS"},
                      .answer = update_tag});
    routes.push_back({.method = "DELETE",
                      .path = tag_path,
                      .id = "deleteTagByTagId",
                      .summary = "Deletes a tag that no other has as its prevTagId",
                      .role = Role::write,
                      .codes = {.invalid = "TAG_UNDELETABLE_NOT_A_LEAF"},
                      .answer = delete_tag});
}

}  // namespace

void add_tags(Routes& routes) {
    add_reads(routes);
    add_makers(routes);
    add_one(routes);
}

}  // namespace trommel::server
