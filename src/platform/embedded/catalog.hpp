// Catalog: the platform's rules over a Store, as plain blocking functions.
//
// Each checks what it is given and throws PlatformError, or the store's StoreError. Lists are
// oldest first. `id` is the owner's: the dataset's, or of scores the tag's. Called on the store's
// thread.
#pragma once

#include "trommel/platform/platform.hpp"
#include "trommel/store/store.hpp"

#include <string>
#include <vector>

namespace trommel::embedded {

using store::Store;

DatasetId create_dataset(Store& store, const std::string& name);
std::optional<Dataset> find_dataset(Store& store, const std::string& name);
Dataset dataset(Store& store, const DatasetId& id);
void rename_dataset(Store& store, const DatasetId& id, const std::string& name);
/// The jobs of the dataset that have not ended.
std::vector<JobId> unfinished_jobs(Store& store, const DatasetId& id);
void add_samples(Store& store, const DatasetId& id, const std::vector<std::string>& names);
/// What add_samples checks, where the samples come in parts.
void check_samples(Store& store,
                   const DatasetId& id,
                   const std::shared_ptr<const std::vector<std::string>>& names);
std::optional<SampleIndex> find_sample(Store& store, const DatasetId& id, const std::string& name);
std::optional<std::string> sample_name(Store& store, const DatasetId& id, SampleIndex sample);

TagId create_initial_tag(Store& store, const DatasetId& id);
/// A tag of all samples; throws not_found when the dataset has none yet.
Tag initial_tag(Store& store, const DatasetId& id);
/// The tag that is there if it has this name, these samples and this origin.
TagId create_tag(Store& store, const DatasetId& id, const NewTag& tag);
Tag tag(Store& store, const DatasetId& id, const TagId& tag);
std::optional<Tag> find_tag(Store& store, const DatasetId& id, const std::string& name);
std::vector<Tag> tags(Store& store, const DatasetId& id);
Tag tag_of_any_dataset(Store& store, const TagId& id);
void change_tag(Store& store,
                const DatasetId& id,
                const TagId& tag,
                const std::string& name,
                const std::optional<BitMask>& mask);
TagId grow_tags(Store& store, const DatasetId& id, const std::string& name);
void delete_tag(Store& store, const DatasetId& id, const TagId& tag);

EmbeddingId announce_embeddings(Store& store, const DatasetId& id, const std::string& name);
/// `rows` (samples of the dataset, dimensions), all finite.
EmbeddingId add_embedding(Store& store,
                          const DatasetId& id,
                          const std::string& name,
                          const std::shared_ptr<const Matrix>& rows,
                          const std::optional<EmbeddingId>& announced);
std::vector<Embedding> embeddings(Store& store, const DatasetId& id);
void check_embedding_exists(Store& store, const DatasetId& id, const EmbeddingId& embedding);
void delete_embedding(Store& store, const DatasetId& id, const EmbeddingId& embedding);

/// One finite score for each sample of the tag.
void put_scores(Store& store,
                const TagId& id,
                const std::string& type,
                const std::vector<double>& scores,
                const std::string& key);
std::vector<Score> scores(Store& store, const TagId& id);
std::vector<double> score_values(Store& store, const TagId& id, const std::string& type);

/// Now, in the milliseconds that a store keeps.
Timestamp now();

}  // namespace trommel::embedded
