#include "server/resources/document_json.hpp"

#include "server/routing/answers.hpp"
#include "server/routing/visibility.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/platform/wire/json.hpp"

#include <memory>
#include <utility>

namespace trommel::server {

namespace {

using store::Document;
using store::ServedStore;

void append_members(std::string& out, std::string_view object) {
    if (object.size() <= 2) return;
    out += ',';
    out += object.substr(1, object.size() - 2);
}

std::size_t bytes_of(const std::vector<Document>& documents) {
    std::size_t bytes = documents.size() * sizeof(Document);
    for (const auto& each : documents) bytes += each.body.size() + each.key.size();
    return bytes;
}

}  // namespace

bool may_see(const Call& call, const Document& document) {
    return document.dataset ? may_see(call, *document.dataset)
                            : Teams::may_see(call.caller, document.owner);
}

Document new_document(std::string kind,
                      std::optional<DatasetId> dataset,
                      std::string owner,
                      std::string key,
                      const boost::json::value& body) {
    const auto time = now();
    return {.id = new_id(),
            .kind = std::move(kind),
            .dataset = std::move(dataset),
            .owner = std::move(owner),
            .key = std::move(key),
            .body = json_text(body),
            .created_at = time,
            .changed_at = time};
}

asio::awaitable<http::Response> documents_answer(Call& call,
                                                 store::DocumentFilter filter,
                                                 WriteDocument write) {
    auto documents =
        co_await call.services.records.look(&ServedStore::documents, std::move(filter));
    std::erase_if(documents, [&](const Document& each) { return !may_see(call, each); });
    const auto shared = std::make_shared<std::vector<Document>>(std::move(documents));
    WriteRow row = [shared, write](std::string& out, std::size_t i) { write(out, (*shared)[i]); };
    co_return rows_answer(shared->size(), std::move(row), {}, bytes_of(*shared));
}

asio::awaitable<http::Response> keep_document(Call& call, Document document) {
    const std::string id =
        co_await call.services.records.ask(&ServedStore::put_document, std::move(document));
    co_return created(id);
}

asio::awaitable<Document> known_document(Call& call,
                                         std::string kind,
                                         std::string id,
                                         const char* code) {
    auto document =
        co_await call.services.records.look(&ServedStore::document, std::move(kind), std::move(id));
    const bool is_others = document && document->dataset && call.has_parameter("datasetId") &&
                           document->dataset != call.dataset();
    if (!document || is_others || !may_see(call, *document))
        throw ApiError(404, code, "there is nothing with this id");
    co_return *std::move(document);
}

void write_body(std::string& out, const Document& document) { out += document.body; }

void write_with_id(std::string& out, const Document& document) {
    ObjectText object(out);
    object.add("id", document.id);
    append_members(out, document.body);
    object.end();
}

void write_with_times(std::string& out, const Document& document) {
    ObjectText object(out);
    object.add("id", document.id)
        .add("createdAt", document.created_at)
        .add("lastModifiedAt", document.changed_at);
    append_members(out, document.body);
    object.end();
}

}  // namespace trommel::server
