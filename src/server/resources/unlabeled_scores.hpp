// Scores in the order of Lightly's clients up to 1.1.6: one for each sample of the query tag that
// is not in the preselected one, uploaded to the preselected tag. No tag has these samples, so a
// Platform has no place for them.
#pragma once

#include "trommel/store/served_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trommel::server {

void keep_unlabeled_scores(store::ServedStore& store,
                           const Tag& tag,
                           const std::string& type,
                           const std::vector<double>& values,
                           Timestamp now);

/// Those kept at a tag, oldest first.
std::vector<Score> unlabeled_scores(store::ServedStore& store, const Tag& tag);

std::optional<std::vector<double>> unlabeled_values(store::ServedStore& store,
                                                    const Tag& tag,
                                                    const std::string& type);

/// Scores of all samples of a query tag.
struct QueryScores {
    std::string type{};
    std::vector<double> values{};
};

/// What the newest scores kept at `preselected` are for the samples of `query`, those that are in
/// both 0: they are not chosen from. Nothing if none are kept, or not one for each sample. Also
/// finds scores that came as an ordinary list because they happen to be as many as the tag has
/// samples, if the query tag has none of that type.
std::optional<QueryScores> as_query_scores(store::ServedStore& store,
                                           const Tag& query,
                                           const Tag& preselected);

}  // namespace trommel::server
