#include "server/resources/resources.hpp"

namespace trommel::server {

Routes all_routes() {
    Routes routes;
    for (const auto add :
         {add_general,         add_datasets,  add_samples,    add_mappings,      add_tags,
          add_tag_arithmetics, add_exports,   add_embeddings, add_embeddings_2d, add_files,
          add_scores,          add_samplings, add_jobs,       add_metadata,      add_predictions,
          add_datasources,     add_workers,   add_tokens,     add_openapi,       add_operations})
        add(routes);
    return routes;
}

}  // namespace trommel::server
