// Kept secrets: what clients gave to be kept that lets its bearer into something else: the keys of
// buckets, tokens within the configurations of workers. They are encrypted at rest, and no answer
// has them: no client of Lightly's needs one back.
#pragma once

#include "server/access/vault.hpp"
#include "trommel/store/served_store.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <string>

namespace trommel::server {

inline constexpr const char* datasource_kind = "datasource";
inline constexpr const char* worker_config_kind = "worker-config";

/// The document with its body encrypted; it opens in its place alone.
store::Document sealed(const Vault& vault, store::Document document);
/// The body of such a document. Throws ApiError 409 if it was encrypted with another secret.
boost::json::value opened(const Vault& vault, const store::Document& document);

/// Encrypts what was kept before there was this. `warn` is told of what cannot be opened.
void seal_kept_secrets(store::ServedStore& store,
                       const Vault& vault,
                       const std::function<void(const std::string&)>& warn);

/// A datasource as it is shown: what is not known to be plain is masked.
boost::json::value shown_datasource(const boost::json::value& body);
/// Any other configuration as it is shown: masked is what is called a key, a token or the like, and
/// of URLs what lets in.
boost::json::value shown_config(const boost::json::value& body);

/// `body` with what `before` has in the place of each mask: a client sends back what it was shown.
/// Throws ApiError 422 where there was nothing.
boost::json::value with_secrets_of(boost::json::value body, const boost::json::value& before);

}  // namespace trommel::server
