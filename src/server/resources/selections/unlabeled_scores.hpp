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

/// Scores of one type, in one order or the other.
struct TypedScores {
    std::string type{};
    std::vector<double> values{};
};

/// Those that were kept at a tag last.
std::optional<TypedScores> newest_unlabeled(store::ServedStore& store, const Tag& tag);

/// What scores kept at `preselected` are for the samples of `query`, those that are in both 0: they
/// are not chosen from. Nothing if there is not one for each sample.
std::optional<TypedScores> as_query_scores(TypedScores kept,
                                           const Tag& query,
                                           const Tag& preselected);

}  // namespace trommel::server
