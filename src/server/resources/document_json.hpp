// Documents as JSON: what is kept as it came.
#pragma once

#include "server/routing/call.hpp"
#include "server/routing/services.hpp"
#include "trommel/http/message.hpp"
#include "trommel/store/served_store.hpp"

#include <asio/awaitable.hpp>

#include <functional>
#include <string>

namespace trommel::server {

using WriteDocument = std::function<void(std::string& out, const store::Document& document)>;

/// Whether the document's dataset is one that the caller sees. A document of none has as its owner
/// the team that it belongs to.
bool may_see(const Call& call, const store::Document& document);

/// A new document of now with a new id; `body` is JSON.
store::Document new_document(std::string kind,
                             std::optional<DatasetId> dataset,
                             std::string owner,
                             std::string key,
                             const boost::json::value& body);

/// 200 with the list of these documents, as far as the caller may see them.
asio::awaitable<http::Response> documents_answer(Call& call,
                                                 store::DocumentFilter filter,
                                                 WriteDocument write);

/// 201 with the id under which the document is kept now.
asio::awaitable<http::Response> keep_document(Call& call, store::Document document);

/// The document of this kind and id, if it is the path's dataset's or of none, and the caller may
/// see it; 404 with `code`.
asio::awaitable<store::Document> known_document(Call& call,
                                                std::string kind,
                                                std::string id,
                                                const char* code);

/// The body as it was sent.
void write_body(std::string& out, const store::Document& document);
/// The same with `id`, and with `id`, `createdAt` and `lastModifiedAt`, before the members of the
/// body, which is an object.
void write_with_id(std::string& out, const store::Document& document);
void write_with_times(std::string& out, const store::Document& document);

}  // namespace trommel::server
