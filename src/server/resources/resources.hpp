// Resources: the calls of the API, one file a resource.
#pragma once

#include "server/access/tokens.hpp"
#include "server/routing/route.hpp"
#include "trommel/store/served_store.hpp"

#include <vector>

namespace trommel::server {

inline constexpr auto metrics_path = "/metrics";

/// Each adds its calls.
void add_general(Routes& routes);
void add_datasets(Routes& routes);
void add_samples(Routes& routes);
void add_mappings(Routes& routes);
void add_tags(Routes& routes);
void add_tag_arithmetics(Routes& routes);
void add_exports(Routes& routes);
void add_embeddings(Routes& routes);
void add_embeddings_2d(Routes& routes);
void add_files(Routes& routes);
void add_scores(Routes& routes);
void add_samplings(Routes& routes);
void add_jobs(Routes& routes);
void add_metadata(Routes& routes);
void add_predictions(Routes& routes);
void add_datasources(Routes& routes);
void add_workers(Routes& routes);
void add_tokens(Routes& routes);
void add_openapi(Routes& routes);
void add_operations(Routes& routes);

/// All of them.
Routes all_routes();

/// The tokens that were made by calls.
std::vector<TokenRecord> kept_tokens(store::ServedStore& store);

}  // namespace trommel::server
