// What a server's JSON says, as records.
#pragma once

#include "trommel/platform/wire/tables.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trommel::lightly {

// Each throws PlatformError (unusable), which says what is missing, where the text is not what the
// API description says.

/// A member of an object that is a text; empty if there is none.
std::string field_of(const std::string& json, std::string_view name);
/// `code` of a refusal; empty if it has none.
std::string code_of(const std::string& json);
/// What a refusal says, or the beginning of the text itself.
std::string message_of(const std::string& json);

/// The `id` of what was created.
std::string id_of(const std::string& json);
/// A text that is JSON or bare, as URLs come.
std::string text_of(const std::string& json);

Dataset dataset_of(const std::string& json);
std::vector<Dataset> datasets_of(const std::string& json);
Tag tag_of(const std::string& json, const DatasetId& dataset);
std::vector<Tag> tags_of(const std::string& json, const DatasetId& dataset);
std::vector<Embedding> trommel_embeddings_of(const std::string& json, const DatasetId& dataset);
/// Those that are ready. Lightly says neither rows nor dimensions.
std::vector<Embedding> lightly_embeddings_of(const std::string& json, const DatasetId& dataset);

/// What a search for a sample by its name has found.
struct FoundSample {
    bool is_there = false;
    std::optional<SampleIndex> index{};  ///< Lightly may leave it out
};
FoundSample found_sample_of(const std::string& json, const std::string& name);

std::vector<wire::ListedScore> scores_of(const std::string& json, const TagId& tag);

/// Of trommel's `/v1/trommel/jobs/…` and of Lightly's `/v1/jobs/…`.
JobStatus trommel_job_of(const std::string& json);
JobStatus lightly_job_of(const std::string& json);
std::vector<Pick> picks_of(const std::string& json);
/// Selections, oldest first.
std::vector<ListedJob> jobs_of(const std::string& json);

}  // namespace trommel::lightly
