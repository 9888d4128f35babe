#include "server/resources/dataset_details.hpp"

#include "server/wire/json_input.hpp"
#include "server/wire/numbers.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace trommel::server {

namespace {

constexpr const char* details_kind = "dataset";
constexpr const char* size_name = "sizeInBytes";
constexpr const char* processed_until_name = "datasourceProcessedUntilTimestamp";

std::optional<store::Document> find(store::ServedStore& store, const DatasetId& dataset) {
    return store.find_document({.kind = details_kind, .dataset = dataset, .owner = {}}, "");
}

boost::json::object body_of(const std::optional<store::Document>& document) {
    if (!document) return {};
    return boost::json::parse(document->body).as_object();
}

std::optional<std::int64_t> integer_in(const boost::json::object& body, const char* name) {
    const auto* value = body.if_contains(name);
    return value == nullptr ? std::nullopt : whole_in(*value);
}

}  // namespace

DatasetDetails dataset_details(store::ServedStore& store, const Dataset& dataset) {
    const auto document = find(store, dataset.id);
    return {.body = body_of(document),
            .changed_at = document ? document->changed_at : dataset.created_at};
}

void put_dataset_details(store::ServedStore& store,
                         const DatasetId& dataset,
                         const boost::json::object& body,
                         Timestamp now) {
    store.put_document({.id = new_id(),
                        .kind = details_kind,
                        .dataset = dataset,
                        .owner = {},
                        .key = {},
                        .body = json_text(body),
                        .created_at = now,
                        .changed_at = now});
}

void put_dataset_detail(store::ServedStore& store,
                        const DatasetId& dataset,
                        const std::string& name,
                        const std::string& value,
                        Timestamp now) {
    auto body = body_of(find(store, dataset));
    body[name] = value;
    put_dataset_details(store, dataset, body, now);
}

void add_dataset_bytes(store::ServedStore& store,
                       const DatasetId& dataset,
                       std::int64_t bytes,
                       Timestamp now) {
    auto body = body_of(find(store, dataset));
    body[size_name] = std::max<std::int64_t>(0, integer_in(body, size_name).value_or(0) + bytes);
    put_dataset_details(store, dataset, body, now);
}

void put_processed_until(store::ServedStore& store,
                         const DatasetId& dataset,
                         std::int64_t seconds,
                         Timestamp now) {
    auto body = body_of(find(store, dataset));
    body[processed_until_name] = seconds;
    put_dataset_details(store, dataset, body, now);
}

std::int64_t processed_until(store::ServedStore& store, const DatasetId& dataset) {
    return integer_in(body_of(find(store, dataset)), processed_until_name).value_or(0);
}

void touch_dataset(store::ServedStore& store, const DatasetId& dataset, Timestamp now) {
    put_dataset_details(store, dataset, body_of(find(store, dataset)), now);
}

std::string dataset_json(store::ServedStore& store, const Dataset& dataset) {
    const auto details = dataset_details(store, dataset);
    const auto text = [&](const char* name) { return text_member(details.body, name); };
    const auto id = [&](const char* name) -> std::optional<wire::AnyId> {
        auto known = text(name);
        if (known.empty()) return std::nullopt;
        return wire::AnyId(std::move(known));
    };
    wire::DatasetData data{
        .dataset = dataset,
        .bytes = integer_in(details.body, size_name).value_or(0),
        .changed_at = details.changed_at,
        .metadata_configuration = id("metaDataConfigurationId"),
        .processed_until = integer_in(details.body, processed_until_name),
        .parent = id("parentDatasetId"),
    };
    if (auto type = text("type"); !type.empty()) data.type = std::move(type);
    if (auto type = text("imgType"); !type.empty()) data.image_type = std::move(type);
    return wire::to_json(data);
}

}  // namespace trommel::server
